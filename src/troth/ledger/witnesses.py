"""Asking a witness for its signature (c2sp.org/tlog-witness, add-checkpoint).

Laws:

1. An answer is a value, never an exception: a witness that is away or wrong is a normal day.
2. It comes within `PATIENCE_S`, whatever the other side does: its name is slow to look up, its answer drips.
3. A signature is believed only when it is the witness's over this very checkpoint. Nothing else of an answer is used,
   but the size that it says it knows.
4. What is sent is public. It goes over https, or to this machine; no redirect is followed.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from troth.errors import InputError
from troth.ledger.add_checkpoint import PATH, SIZE_TYPE, Asked, as_request
from troth.ledger.note import Kind, Line, VerifierKey, open_note, read_note
from troth.ledger.spelling import SpellingError, from_decimal

PATIENCE_S = 5.0
"""Seconds after which a witness counts as unreachable."""

LARGEST_ANSWER = 65_536
"""Bytes of the longest answer that is read."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness has signed. `line` is checked and can be put under the checkpoint (`note.with_line`).

    Attributes:
        line: the signature line.
        at: when it says it signed, in seconds since 1970.
    """

    line: Line
    at: int


@dataclass(frozen=True, slots=True)
class Knows:
    """The witness signed another size last (409): ask again with a proof from this one.

    A size beyond the checkpoint's own means that it saw a longer log than we have: an old copy of ours, or a fork.
    """

    size: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The witness does not sign. Status 422 after a proof from the size it told: it knows another history.

    Attributes:
        status: its answer; 0 when the answer could not be understood, or its signature does not hold.
        why: in words, for the log's own people. None of the other side's.
    """

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """There was no answer, or none that says yes or no. Ask again later.

    Attributes:
        why: in words.
    """

    why: str


Answer: TypeAlias = Cosigned | Knows | Refused | Unreachable

_WHY = {
    HTTPStatus.BAD_REQUEST: "It could not read the request.",
    HTTPStatus.FORBIDDEN: "It knows other keys of this log.",
    HTTPStatus.NOT_FOUND: "It does not know this log.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The proof does not lead from what it signed last to this checkpoint.",
}


class Witness:
    """A witness that signs our checkpoints.

    Args:
        url: where it is, without ``/add-checkpoint``: ``https://…``, or ``http://`` to this machine.
        key: its key.
        ca: a file of certificates to trust instead of the machine's.

    Raises:
        InputError: an address that is not asked, or a key that is not a witness's.
    """

    def __init__(self, url: str, key: VerifierKey, *, ca: Path | None = None) -> None:
        if key.kind is not Kind.COSIGNATURE:
            raise InputError("witness_key", "This is the key of a log, not of a witness.", "Name the witness's key.")
        self.url = url
        self.key = key
        self._connect, self._path = _way_to(url, ca)

    def cosign(self, checkpoint: str, old: int, proof: Sequence[bytes]) -> Answer:
        """Ask for the witness's signature. Never raises.

        Args:
            checkpoint: the signed note.
            old: the size that the witness knows, as far as we know; 0 asks for it.
            proof: `proof.consistency_proof` from `old` to the checkpoint; none from 0.
        """
        said: list[tuple[int, str, bytes]] = []
        connection = self._connect()
        body = as_request(Asked(old, tuple(proof), checkpoint))

        def ask() -> None:
            # Whatever goes wrong here ends in no answer.
            with suppress(OSError, HTTPException, ValueError):
                connection.request("POST", self._path, body, {"Content-Type": "text/plain; charset=utf-8"})
                said.append(_read(connection.getresponse()))

        # A time limit on a socket begins anew with every byte, and looking up a name has none. A thread's wait has.
        # The socket's, twice as long, only ends a thread that still waits for a connection when nobody waits for it.
        asking = threading.Thread(target=ask, name="witness", daemon=True)
        asking.start()
        asking.join(PATIENCE_S)
        is_late = asking.is_alive()
        _cut(connection)
        if is_late or not said:
            return Unreachable("It did not answer in time." if is_late else "It can't be reached, or broke off.")
        return self._understood(checkpoint, *said[0])

    def _understood(self, checkpoint: str, status: int, kind: str, body: bytes) -> Answer:
        try:
            text = body.decode("utf-8")
            if status == HTTPStatus.OK:
                return self._cosigned(checkpoint, text)
            if status == HTTPStatus.CONFLICT and kind == SIZE_TYPE and text.endswith("\n"):
                return Knows(from_decimal(text[:-1], "The size"))
        except (SpellingError, UnicodeDecodeError):
            return Refused(0, "Its answer is not spelled as it must be, or its signature does not hold.")
        if status in _WHY:
            return Refused(status, _WHY[HTTPStatus(status)])
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {408, 429}:
            return Unreachable(f"It can't sign now ({status}).")
        return Refused(status, f"It gave another answer than a witness does ({status}).")

    def _cosigned(self, checkpoint: str, lines: str) -> Answer:
        """Return the witness's own line among `lines`, checked against the checkpoint it was asked for."""
        answered = read_note(f"{read_note(checkpoint).text}\n{lines}")
        opened = open_note(answered, [self.key])
        at = opened.times.get(self.key, 0)
        if not at:
            return Refused(0, "It answered without a signature of the key that was named, or without a time.")
        (line,) = (one for one in answered.lines if one not in opened.unknown)
        return Cosigned(line, at)


def cosigned(witness: Witness, checkpoint: str, old: int, prove: Callable[[int], Sequence[bytes]]) -> Answer:
    """Ask for a signature, and once more from the size that the witness then says it knows.

    Args:
        witness: whom to ask.
        checkpoint: the signed note.
        old: the size it is thought to know; 0 when nobody remembers.
        prove: old size → the proof from there to the checkpoint. Only asked for sizes from 1 to the checkpoint's.
    """
    size = int(checkpoint.split("\n")[1])
    answer = witness.cosign(checkpoint, old, prove(old) if old else ())
    if isinstance(answer, Knows) and answer.size <= size and answer.size != old:
        return witness.cosign(checkpoint, answer.size, prove(answer.size) if answer.size else ())
    return answer


def _way_to(url: str, ca: Path | None) -> tuple[Callable[[], HTTPConnection], str]:
    """Return how to connect to a witness, and the path of its call."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_address() from None
    plain = parts.scheme == "http" and _is_this_machine(host)
    odd = parts.username is not None or parts.query or parts.fragment or not url.isascii() or not url.isprintable()
    if not host or odd or " " in url or not (plain or parts.scheme == "https"):
        raise _no_address()
    path = parts.path.rstrip("/") + PATH
    if plain:
        return lambda: HTTPConnection(host, port, timeout=2 * PATIENCE_S), path
    try:
        trust = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError):
        raise InputError(
            "witness_certificate", "The file of certificates for the witness can't be used.", "Name a PEM file."
        ) from None
    return lambda: HTTPSConnection(host, port, timeout=2 * PATIENCE_S, context=trust), path


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no_address() -> InputError:
    return InputError(
        "witness_address",
        "A witness is asked over https, or over http on this machine.",
        "For example: https://witness.example or http://127.0.0.1:8010",
    )


def _read(response: HTTPResponse) -> tuple[int, str, bytes]:
    body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER or response.length:
        raise HTTPException  # too long, or broken off before its end
    return response.status, response.headers.get("Content-Type", ""), body


def _cut(connection: HTTPConnection) -> None:
    """End the connection, also under a thread that still reads from it."""
    taken = connection.sock
    if isinstance(taken, socket.socket):
        with suppress(OSError):
            taken.shutdown(socket.SHUT_RDWR)
    with suppress(OSError, HTTPException):
        connection.close()
