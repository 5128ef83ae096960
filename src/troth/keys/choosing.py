"""Which provider the settings name.

| words | provider |
|---|---|
| ``file:/secure/master.key`` | a local file |
| ``transit:https://bao.example.com:8200/transit/keys/troth`` | OpenBao or Vault |
| ``aws-kms:alias/troth``, ``aws-kms:arn:aws:kms:…`` | AWS KMS |
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from troth.errors import InputError, UnavailableError
from troth.keys.aws import AwsKeyProvider
from troth.keys.file import FileKeyProvider
from troth.keys.provider import KeyProvider
from troth.keys.transit import Place, TransitKeyProvider

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PORT = 8200
_EVERYBODY = 0o004


@dataclass(frozen=True, slots=True)
class Access:
    """What the remote providers need besides a place.

    Args:
        token: the token for Transit; empty when it lies in a file.
        token_file: the file with the token; read at every call.
        ca: a file of certificates to trust instead of the machine's.
        namespace: the namespace in OpenBao or Vault; empty for none.
    """

    token: str = ""
    token_file: Path | None = None
    ca: Path | None = None
    namespace: str = ""

    def __repr__(self) -> str:
        """Without the token: it must not get into a log."""
        return "Access(…)"


def provider_named(words: str, access: Access) -> KeyProvider:
    """Return the provider that `words` name. Nothing is asked of it yet.

    Args:
        words: kind and place, as in the table above.
        access: what it needs besides.

    Raises:
        InputError: the words can't be understood, or something it needs is missing or does not go with it.
    """
    kind, _, place = words.partition(":")
    if kind == "file" and place:
        return FileKeyProvider(Path(place))
    if kind == "transit" and place:
        return TransitKeyProvider(_transit(place, access), _token(access))
    if kind == "aws-kms" and place.startswith(("alias/", "arn:")):
        return AwsKeyProvider(place)
    raise InputError(
        "key_provider",
        "TROTH_KEY_PROVIDER can't be understood.",
        "Write it as file:/place/master.key, transit:https://host:8200/transit/keys/NAME, or aws-kms:alias/NAME.",
    )


def _transit(place: str, access: Access) -> Place:
    try:
        url = urlsplit(place)
        port = url.port
    except ValueError:
        url, port = urlsplit(""), None
    mount, _, key = unquote(url.path).strip("/").removeprefix("v1/").rpartition("/keys/")
    if url.scheme not in {"https", "http"} or not url.hostname or not mount or not key or url.query:
        raise InputError(
            "key_provider_place",
            "The place of the Transit key can't be understood.",
            "Write it as transit:https://host:8200/transit/keys/NAME.",
        )
    if url.username or url.password:
        raise InputError(
            "key_provider_place",
            "The place of the Transit key may not hold a password: it would stand in logs.",
            "Take it out, and name the token's file with TROTH_TRANSIT_TOKEN_FILE.",
        )
    if url.scheme == "http" and url.hostname not in _HERE:
        raise InputError(
            "key_provider_clear",
            "Without TLS only a key server on this machine is asked: the keys would travel in clear.",
            "Write https.",
        )
    return Place(
        url.hostname, port or _PORT, url.scheme == "https", mount, key, namespace=access.namespace, ca=access.ca
    )


def _token(access: Access) -> Callable[[], str]:
    if access.token and access.token_file:
        raise InputError(
            "key_provider_token", "Both a token and a file with a token are named.", "Leave one of them out."
        )
    file = access.token_file
    if file is not None:
        return lambda: _read_token(file)
    if access.token:
        return lambda: access.token
    raise InputError(
        "key_provider_token",
        "Transit needs a token.",
        "Name its file with TROTH_TRANSIT_TOKEN_FILE, or set TROTH_TRANSIT_TOKEN.",
    )


def _read_token(file: Path) -> str:
    try:
        is_open = file.stat().st_mode & _EVERYBODY
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        is_open, token = 0, ""
    if is_open:
        raise UnavailableError(
            "key_provider_token", f"The token file {file.name} can be read by everybody.", f"chmod o-r {file.name}"
        )
    if not token.isprintable() or not token:
        raise UnavailableError(
            "key_provider_token", f"The token file {file.name} holds no token.", "Write the token into it."
        )
    return token
