"""The master key in OpenBao or HashiCorp Vault, behind their Transit engine.

Source: the Transit HTTP API of OpenBao (openbao.org/api-docs/secret/transit); tried against OpenBao 2.7. What it
taught, and this file minds:

* To encrypt with a key that is not there makes it, where the token may. So the key is looked up before it wraps.
* `rewrap` takes no associated data. So an epoch key is unwrapped and wrapped again.
* A version is destroyed in two steps: it may not be used any more (`config`), then it is deleted (`trim`).

The key must be Troth's own: when versions are retired, whatever else was encrypted with them is lost too.
"""

import base64
import binascii
import http.client
import json
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from troth.errors import UnavailableError
from troth.keys.provider import Abilities, Wrapped, wrong

TIMEOUT_S = 2.0
"""How long the other side may be silent, each time it is listened to."""

PAUSES_S = (0.2, 0.8)
"""Waits before the second and third try."""

_KINDS = frozenset({"aes256-gcm96", "aes128-gcm96", "chacha20-poly1305", "xchacha20-poly1305"})
"""Types of Transit keys that bind what they encrypt to associated data."""

_BIGGEST_ANSWER = 1 << 20
_BUSY = frozenset({429, 500, 502, 504})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Transit key is.

    Args:
        host: name or address of the server.
        port: its port.
        tls: whether it speaks TLS. Without, only a server on this machine is asked.
        mount: where the engine is mounted, e.g. ``transit``.
        key: the key's name.
        namespace: the namespace; empty for none.
        ca: a file of certificates to trust instead of the machine's.
    """

    host: str
    port: int
    tls: bool
    mount: str
    key: str
    namespace: str = ""
    ca: Path | None = None


class TransitKeyProvider:
    """Asks a Transit key to wrap and unwrap.

    Args:
        place: where it is.
        token: returns the token for a call. Asked at every call: agents renew the token's file.

    Raises:
        UnavailableError: the file of certificates can't be used.
    """

    def __init__(self, place: Place, token: Callable[[], str]) -> None:
        self._place = place
        self._token = token
        self._trust = _trust(place) if place.tls else None

    @property
    def name(self) -> str:
        """The key's place, without the token."""
        at = self._place
        return f"transit {at.host}:{at.port} {at.mount}/keys/{at.key}"

    @property
    def abilities(self) -> Abilities:
        """It renews by itself; a version that was trimmed is gone at once."""
        return Abilities(renews=True, by_itself=True, delay=timedelta())

    def check(self) -> None:
        """Return when the key is there and of a kind that binds to a label."""
        self._look()

    def current(self) -> str:
        """Return the newest version's number."""
        return str(self._look()["latest_version"])

    def wrap(self, key: bytes, label: str) -> Wrapped:
        """Return `key`, wrapped with the newest version."""
        self._look()
        asked = {"plaintext": _text(key), "associated_data": _text(label.encode())}
        data = self._write(f"encrypt/{self._place.key}", asked)
        ciphertext = _in(data, "ciphertext")
        _, version, _ = _parts(ciphertext, self.name)
        return Wrapped(version, ciphertext.encode())

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`."""
        ciphertext = wrapped.decode("ascii", errors="replace")
        _parts(ciphertext, self.name)
        asked = {"ciphertext": ciphertext, "associated_data": _text(label.encode())}
        try:
            return base64.b64decode(_in(self._write(f"decrypt/{self._place.key}", asked), "plaintext"), validate=True)
        except binascii.Error:
            raise _odd() from None

    def renew(self, used: Collection[str]) -> None:
        """Make a new version, unless the newest is not in `used`. The key itself is never made from here."""
        if self.current() in used:
            self._write(f"keys/{self._place.key}/rotate", {})

    def retire(self, drop: Collection[str], keep: Collection[str]) -> frozenset[str]:
        """Delete every version older than the oldest in `keep`."""
        oldest = min(map(int, keep))
        data = self._look()
        key = f"keys/{self._place.key}"
        if data.get("min_decryption_version", 0) < oldest or data.get("min_encryption_version", 0) < oldest:
            self._write(f"{key}/config", {"min_decryption_version": oldest, "min_encryption_version": oldest})
        if data.get("min_available_version", 0) < oldest:
            self._write(f"{key}/trim", {"min_available_version": oldest})
        return frozenset(one for one in drop if int(one) < oldest)

    def _look(self) -> dict[str, Any]:
        """Return what the server tells of the key: versions, kind, bounds. No key is in it."""
        data = self._call("GET", f"keys/{self._place.key}", None)
        if data.get("type") not in _KINDS or data.get("derived"):
            raise UnavailableError(
                "master_key_kind",
                f"The key ({self.name}) is not of a kind that Troth can use.",
                "Make one of the type aes256-gcm96, not derived.",
            )
        return data

    def _write(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, json.dumps(asked).encode())

    def _call(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        """Ask, again after a failure that may pass, and return the ``data`` of the answer."""
        for pause in (*PAUSES_S, None):
            try:
                status, text = self._once(method, f"/v1/{self._place.mount}/{path}", body)
            except ssl.SSLCertVerificationError:
                raise UnavailableError(
                    "key_provider_certificate",
                    f"The certificate of the key server ({self.name}) is not trusted.",
                    "Name the file of its certificate authority with TROTH_TRANSIT_CA.",
                ) from None
            except (OSError, http.client.HTTPException):
                status, text = 0, b""
            if status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
                return _data(text)
            if pause is None or (status and status not in _BUSY):
                raise self._refusal(status, text)
            time.sleep(pause)
        raise self._refusal(0, b"")

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        at = self._place
        connection = (
            http.client.HTTPSConnection(at.host, at.port, timeout=TIMEOUT_S, context=self._trust)
            if at.tls
            else http.client.HTTPConnection(at.host, at.port, timeout=TIMEOUT_S)
        )
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        if at.namespace:
            headers["X-Vault-Namespace"] = at.namespace
        try:
            # Redirects are not followed: a token goes to the place that was named and no other.
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_BIGGEST_ANSWER)
        finally:
            connection.close()

    def _refusal(self, status: int, text: bytes) -> UnavailableError:
        """Return an answer that is no answer as one of our errors, without the other side's words."""
        told = text.lower()
        if status == HTTPStatus.BAD_REQUEST and (b"authentication failed" in told or b"invalid ciphertext" in told):
            return wrong(self.name)
        if status == HTTPStatus.BAD_REQUEST and b"too old" in told:
            return UnavailableError(
                "master_key_destroyed",
                f"The version of the master key ({self.name}) that this key database needs was destroyed.",
                "This is an old copy of the key database. Restore its newest backup.",
            )
        if status == HTTPStatus.NOT_FOUND or (status == HTTPStatus.BAD_REQUEST and b"not found" in told):
            return UnavailableError(
                "master_key_missing",
                f"There is no master key there ({self.name}).",
                "Name the right one with TROTH_KEY_PROVIDER, or make it: docs/guides/keys.md.",
            )
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return UnavailableError(
                "key_provider_refused",
                f"The key server ({self.name}) refused the token.",
                "Renew the token, and give it the policy of docs/guides/keys.md.",
            )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return UnavailableError(
                "key_provider_sealed", f"The key server ({self.name}) is sealed or not ready.", "Unseal it."
            )
        said = f"answered {status}" if status else "does not answer"
        return UnavailableError(
            "key_provider_unreachable",
            f"The key server ({self.name}) {said}.",
            "Check that it runs and can be reached from here. Nothing was changed.",
        )


def _trust(place: Place) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=place.ca)
    except (OSError, ssl.SSLError):
        raise UnavailableError(
            "key_provider_certificate",
            "The file of certificates for the key server can't be used.",
            "Name a PEM file with TROTH_TRANSIT_CA.",
        ) from None


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _data(text: bytes) -> dict[str, Any]:
    if not text:
        return {}
    try:
        data = json.loads(text).get("data")
    except (ValueError, AttributeError):
        raise _odd() from None
    return data if isinstance(data, dict) else {}


def _in(data: dict[str, Any], field: str) -> str:
    value = data.get(field)
    if not isinstance(value, str):
        raise _odd()
    return value


def _parts(ciphertext: str, name: str) -> tuple[str, str, str]:
    """Return (``vault``, version, base64) of what the engine calls a ciphertext."""
    first, _, rest = ciphertext.partition(":v")
    version, _, body = rest.partition(":")
    if not (first and version.isdecimal() and body):
        raise wrong(name)
    return first, version, body


def _odd() -> UnavailableError:
    return UnavailableError(
        "key_provider_odd",
        "The key server gave an answer that can't be understood.",
        "Check that TROTH_KEY_PROVIDER names a Transit key and not another service.",
    )
