"""Showing what others wrote, so that a terminal shows it and never obeys it."""

import unicodedata

from rich.markup import escape


def visible(text: str) -> str:
    """Return `text` on one line, ready for rich, with what can't be seen spelled out.

    A control character could move the cursor, colour the screen or set its title; a bidi character turns the order
    of what is read (CVE-2021-42574). They become e.g. ``‹U+001B›``. Square brackets stay text.
    """
    return escape("".join(_shown(char) for char in text))


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else f"‹U+{ord(char):04X}›"
