"""What can go wrong, in words for the person who must act.

Few classes, because a caller decides between few answers:

* `InputError`: what was handed in is wrong; correct it and call again. Exit 2, HTTP 400.
* `NotFoundError`: no such thing here. Exit 2, HTTP 404.
* `NotAllowedError`: understood, and refused by the promise or for want of a key. Exit 3, HTTP 403 or 401.
* `UnavailableError`: nothing is wrong with the call; the installation can't serve it now. Exit 1, HTTP 503.

No message ever carries a customer's data: it names the place (line, column, field), never the value.
"""


class TrothError(Exception):
    """A failure that a person can understand and mend.

    Args:
        code: a stable machine word in snake_case, e.g. ``promise_unknown_key``.
        message: one sentence: what is wrong.
        mend: one sentence: what to do about it. Empty when the message says it already.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, code: str, message: str, mend: str = "") -> None:
        super().__init__(code, message, mend)
        self.code = code
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class InputError(TrothError):
    """What was handed in is wrong; nothing was changed."""

    exit_code = 2
    http_status = 400


class NotFoundError(TrothError):
    """There is no such thing here; nothing was changed."""

    exit_code = 2
    http_status = 404


class NotAllowedError(TrothError):
    """Understood and refused. `http_status` is 401 where a key is missing, 403 where the promise says no."""

    exit_code = 3
    http_status = 403


class KeyNeededError(NotAllowedError):
    """No key, or one that is not known here."""

    http_status = 401


class UnavailableError(TrothError):
    """The call is right, the installation can't serve it now (disk full, database locked, key file gone)."""

    exit_code = 1
    http_status = 503
