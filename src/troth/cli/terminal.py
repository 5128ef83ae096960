"""Where commands print: words as they are, without guessing at numbers to colour or names of emoji to draw."""

from rich.console import Console


def terminal(*, stderr: bool = False) -> Console:
    """Return the terminal that words are printed to; `stderr` for what is no part of the answer."""
    return Console(stderr=stderr, highlight=False, emoji=False)
