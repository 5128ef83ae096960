"""The keys that the ledger's log signs with: Ed25519 (RFC 8032), one in use at a time.

Laws:

1. A private key is 32 random bytes, kept as the installation's other own keys are: wrapped by the epoch's key, in the
   key database. It leaves this file for no one: a `Signer` signs and does not tell.
2. Signers are numbered from 1. A change makes the next one and never a gap, so all that ever signed can be listed,
   and what they signed can be checked for good.
3. The private key of a signer that was replaced stays in the key database, unused.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from troth.keys.ring import KeyRing


class Signer:
    """Signs with one private key.

    Attributes:
        number: which signer of the installation it is, from 1.
        public: its public key, 32 bytes.
    """

    def __init__(self, number: int, private: bytes) -> None:
        self.number = number
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        return self._key.sign(message)


class Signers:
    """The signers of an installation.

    Args:
        ring: the key ring.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def all(self) -> tuple[Signer, ...]:
        """Return every signer, oldest first; the last is in use. The first is made when there is none.

        Raises:
            UnavailableError: a key can't be unwrapped.
        """
        found = [self._signer(1)]
        while self._ring.knows(_name(len(found) + 1)):
            found.append(self._signer(len(found) + 1))
        return tuple(found)

    def current(self) -> Signer:
        """Return the signer in use."""
        return self.all()[-1]

    def change(self, after: Signer) -> Signer:
        """Return the signer that follows `after`, made when it is not there yet.

        So the same change can be made again after a crash, and two that are made at once end in the same signer.
        """
        return self._signer(after.number + 1)

    def _signer(self, number: int) -> Signer:
        return Signer(number, self._ring.named(_name(number)))


def _name(number: int) -> str:
    return f"log-signer-{number}"
