"""The log's signers: kept as all keys are, numbered without a gap, changed once however often it is asked."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from installations import NOW
from keys.tables import every_byte, open_ring, open_store
from troth.keys.epochs.change import Epochs
from troth.keys.file import FileKeyProvider
from troth.keys.signing import Signers


def test_a_signer_signs_as_its_public_key_checks(tmp_path: Path) -> None:
    signer = Signers(open_ring(tmp_path)).current()
    assert signer.number == 1
    public = Ed25519PublicKey.from_public_bytes(signer.public)
    public.verify(signer.sign(b"message"), b"message")
    with pytest.raises(InvalidSignature):
        public.verify(signer.sign(b"message"), b"other")


def test_another_process_has_the_same_signer(tmp_path: Path) -> None:
    first = Signers(open_ring(tmp_path)).current()
    again = Signers(open_ring(tmp_path)).current()
    assert (again.number, again.public) == (first.number, first.public)
    assert again.sign(b"message") == first.sign(b"message")


def test_a_change_makes_one_signer_however_often_it_is_asked(tmp_path: Path) -> None:
    signers = Signers(open_ring(tmp_path))
    first = signers.current()
    second = signers.change(first)
    # After a crash, or by another process at the same time.
    assert Signers(open_ring(tmp_path)).change(first).public == second.public
    assert [one.number for one in signers.all()] == [1, 2]
    assert signers.current().public == second.public != first.public
    assert signers.change(signers.current()).number == 3


def test_a_change_of_the_epoch_leaves_the_signers(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    signers = Signers(ring)
    signers.change(signers.current())
    before = [one.public for one in signers.all()]
    provider = FileKeyProvider(tmp_path / "master.key")
    Epochs(open_store(tmp_path), provider, renews_master=True).end(now=NOW + timedelta(days=30))
    assert [one.public for one in Signers(open_ring(tmp_path)).all()] == before


@pytest.mark.sqlite
def test_no_private_key_lies_in_clear(tmp_path: Path) -> None:
    signer = Signers(open_ring(tmp_path)).current()
    assert signer._key.private_bytes_raw() not in every_byte(tmp_path)


def test_a_signer_does_not_tell_its_private_key_when_it_is_shown(tmp_path: Path) -> None:
    signer = Signers(open_ring(tmp_path)).current()
    assert signer._key.private_bytes_raw().hex() not in repr(signer)
    assert repr(signer._key.private_bytes_raw()) not in repr(vars(signer))
