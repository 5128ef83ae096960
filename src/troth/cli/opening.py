"""Opening the installation for one command, and closing it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from troth.app import App


@contextmanager
def opened() -> Iterator["App"]:
    """Open the installation that the environment names; close it when the command is done."""
    # Imported here: the whole house takes half a second to import, which `troth --help` does not need.
    from troth.app import build
    from troth.settings import from_environment

    app = build(from_environment())
    try:
        yield app
    finally:
        app.close()
