"""What a `never` of the promise matches. The gate refuses by it; the rules find promises that forbid themselves."""

from troth.promise.model import Data, Never, Promise, Purpose
from troth.promise.taxonomy import CATEGORY_ROOTS, USE_ROOTS, lies_below


def covers_data(never: Never, data: Data) -> bool:
    """Tell whether `never` speaks of this kind of data: by its key, or by a category that it lies below."""
    return never.data in {"", data.key} or lies_below(data.category, never.data)


def covers_purpose(never: Never, purpose: Purpose) -> bool:
    """Tell whether `never` speaks of this purpose: by its key, or by a use that it lies below."""
    return never.purpose in {"", purpose.key} or lies_below(purpose.use, never.purpose)


def names_something(never: Never, promise: Promise) -> bool:
    """Tell whether every part of `never` that names a thing of this promise names one that is there.

    A name with a dot is a fideslang name and may stand for data or uses that the company does not have.
    """
    return (
        ("." in never.data or never.data in {"", *CATEGORY_ROOTS, *promise.data})
        and ("." in never.purpose or never.purpose in {"", *USE_ROOTS, *promise.purposes})
        and (never.recipient == "" or never.recipient in promise.recipients)
    )
