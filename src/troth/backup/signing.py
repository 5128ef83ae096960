"""The keyed hash of a manifest: shows that this installation made the backup, and that nobody changed it since."""

import hmac

from troth.backup.model import Manifest, to_be_signed
from troth.canonical import keyed_hash
from troth.errors import UnavailableError
from troth.keys.ring import KeyRing

_KEY = "backups"
"""The installation's own key that signs manifests. It is in every copy of the keys, wrapped like all others."""


def sign(ring: KeyRing, data: bytes) -> bytes:
    """Return the keyed hash of `data`, with a key that is made on first use."""
    return keyed_hash(ring.named(_KEY), data)


def must_be_signed(ring: KeyRing, name: str, manifest: Manifest) -> None:
    """Check that the installation with these keys made the backup `name` as it is.

    Raises:
        UnavailableError: it did not, or its keys are another's.
    """
    expected = sign(ring, to_be_signed(manifest)).hex() if ring.knows(_KEY) else ""
    if not expected or not hmac.compare_digest(expected, manifest.mac):
        raise UnavailableError(
            "backup_not_ours",
            f"The backup {name} was not made with these keys, or it was changed since. Nothing was changed here.",
            "Restore it beside its own keys: name the place of their newest copy with --keys-from.",
        )
