"""The opt-out signal of a browser: Global Privacy Control (https://w3c.github.io/gpc/), the header ``Sec-GPC: 1``.

Only the exact value ``1`` says something; the specification has no other, and what is not said is not guessed. Who
sent it can't be told from the header: a proxy that adds it for everybody is taken at its word, since the strict
reading is the safe one and a customer's own later yes still counts.
"""

from collections.abc import Iterable

_NAME, _SAID = b"sec-gpc", b"1"


def is_sent(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a request carries the signal.

    Args:
        headers: names in small letters, and values, as ASGI has them. A header that is repeated is one with commas
            (RFC 9110, 5.3), so a repeated signal has another value and says nothing.
    """
    return [value for name, value in headers if name == _NAME] == [_SAID]
