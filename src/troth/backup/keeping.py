"""How long a copy may be kept, by the promise."""

from datetime import datetime

from troth.promise.model import Promise


def kept_since(promise: Promise, now: datetime) -> datetime | None:
    """Return the moment before which no copy may be any more; None where the promise does not say.

    All kinds of data lie in one database, so the shortest of their times counts. Months are counted forward from
    `now`; where months differ in length, that is up to three days off.
    """
    periods = [storage.backups_keep for storage in promise.storage.values() if storage.backups_keep is not None]
    zone = promise.company.time_zone
    return max((now - (period.after(now, zone) - now) for period in periods), default=None)
