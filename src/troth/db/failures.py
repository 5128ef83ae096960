"""What a database's driver says when it fails, in our words. Its own text is dropped: it can quote values."""

from typing import Any

from troth.errors import UnavailableError


def in_words(cause: Any) -> UnavailableError:  # noqa: ANN401 - each driver has its own class
    """Return a driver's failure as one of ours, without the driver's own text."""
    text = str(cause).lower()
    if "locked" in text or "busy" in text or "lock timeout" in text:
        return UnavailableError(
            "database_busy", "Another process is writing and did not finish in time.", "Try again."
        )
    if "full" in text:
        return UnavailableError("disk_full", "The disk is full; nothing was changed.", "Make room and try again.")
    if "disk i/o" in text:
        return UnavailableError(
            "disk_failed", "The disk did not take the work; it may be full. Nothing was changed.", "Look at the disk."
        )
    if "not a database" in text or "malformed" in text or "no such table" in text:
        return UnavailableError(
            "database_damaged",
            "The database file is damaged or is not one of ours; nothing was changed.",
            "Restore it from a backup, or name another place with TROTH_HOME.",
        )
    if "unable to open" in text or "readonly" in text or "connection" in text:
        return UnavailableError(
            "database_unreachable",
            "The database can't be reached or written.",
            "Check that its folder or server is there and that this user may write there.",
        )
    return UnavailableError(
        "database_failed", f"The database refused the work ({type(cause).__name__}).", "Try again."
    )
