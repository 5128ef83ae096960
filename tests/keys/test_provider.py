from pathlib import Path

import pytest

from troth.errors import UnavailableError
from troth.keys.provider import FileKeyProvider
from troth.keys.sealing import new_key


def test_what_is_wrapped_comes_back_under_the_same_label_only(tmp_path: Path) -> None:
    provider = FileKeyProvider(tmp_path / "key", create=True)
    key = new_key()
    wrapped = provider.wrap(key, "epoch 1")
    assert provider.unwrap(wrapped, "epoch 1") == key
    with pytest.raises(UnavailableError, match="does not belong"):
        provider.unwrap(wrapped, "epoch 2")


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    wrapped = FileKeyProvider(tmp_path / "one", create=True).wrap(new_key(), "epoch 1")
    with pytest.raises(UnavailableError, match="does not belong"):
        FileKeyProvider(tmp_path / "other", create=True).unwrap(wrapped, "epoch 1")


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    FileKeyProvider(tmp_path / "key", create=True)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(UnavailableError, match="chmod 600"):
        FileKeyProvider(tmp_path / "key", create=False)


def test_a_lost_key_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="can't be read"):
        FileKeyProvider(tmp_path / "key", create=False)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"troth master key 1\n", b"troth master key 1\n!!!\n", b"x" * 10_000]
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UnavailableError, match="damaged"):
        FileKeyProvider(path, create=True)
    assert path.read_bytes() == content


def test_a_half_written_key_from_a_crash_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "key.part").write_bytes(b"troth mas")
    provider = FileKeyProvider(tmp_path / "key", create=True)
    assert provider.unwrap(provider.wrap(b"k" * 32, "a"), "a") == b"k" * 32
