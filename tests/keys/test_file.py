import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.contract import ProviderContract
from keys.tables import as_nobody, every_byte
from troth.errors import UnavailableError
from troth.keys.file import FileKeyProvider
from troth.keys.provider import KeyProvider
from troth.keys.sealing import new_key


def made(path: Path) -> FileKeyProvider:
    provider = FileKeyProvider(path)
    provider.renew(set())
    return provider


class TestFile(ProviderContract):
    @pytest.fixture
    def opened(self, tmp_path: Path) -> Callable[[], KeyProvider]:
        made(tmp_path / "master.key")
        return lambda: FileKeyProvider(tmp_path / "master.key")


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    wrapped = made(tmp_path / "one").wrap(new_key(), "epoch 1")
    with pytest.raises(UnavailableError, match="does not belong"):
        made(tmp_path / "other").unwrap(wrapped.data, "epoch 1")


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    provider = made(tmp_path / "secret" / "key")
    assert (tmp_path / "secret" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o700
    provider.renew({provider.current()})
    assert (tmp_path / "secret" / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret" / "key").chmod(0o644)
    with pytest.raises(UnavailableError, match="chmod 600"):
        provider.check()


def test_a_lost_key_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    provider = FileKeyProvider(tmp_path / "key")
    for ask in (provider.check, lambda: provider.renew({"0123"}), lambda: provider.wrap(new_key(), "epoch 2")):
        with pytest.raises(UnavailableError, match="can't be read"):
            ask()
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"troth master key 1\n",
        b"troth master key 1\n!!!\n",
        b"x" * 10_000,
        b"troth master key 1\nAA==",
    ],
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    for used in (set[str](), {"0123"}):
        with pytest.raises(UnavailableError, match="damaged"):
            FileKeyProvider(path).renew(used)
    assert path.read_bytes() == content


def test_a_half_written_key_from_a_crash_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "key.part").write_bytes(b"troth mas")
    provider = made(tmp_path / "key")
    assert provider.unwrap(provider.wrap(b"k" * 32, "a").data, "a") == b"k" * 32


def test_a_retired_key_stands_in_no_file_of_the_folder(tmp_path: Path) -> None:
    provider = made(tmp_path / "master.key")
    old = provider.current()
    (line,) = (tmp_path / "master.key").read_bytes().splitlines()[1:]
    provider.renew({old})
    assert line in every_byte(tmp_path)
    provider.retire({old}, {provider.current()})
    assert line not in every_byte(tmp_path)
    assert base64.b64decode(line) not in every_byte(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize(
    "leftover", ["the file itself by another name", "the file before", "a new file that was not put"]
)
def test_what_a_crash_left_beside_it_is_cleared_without_touching_the_key(tmp_path: Path, leftover: str) -> None:
    provider = made(tmp_path / "master.key")
    key = new_key()
    wrapped = provider.wrap(key, "epoch 1")
    if leftover == "the file itself by another name":
        os.link(tmp_path / "master.key", tmp_path / "master.old")
    elif leftover == "the file before":
        (tmp_path / "master.old").write_bytes(b"troth master key 1\n" + base64.b64encode(b"o" * 32) + b"\n")
    else:
        (tmp_path / "master.part").write_bytes(b"half")
    provider.renew({wrapped.master})
    assert provider.unwrap(wrapped.data, "epoch 1") == key
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_where_the_file_is_lost_a_leftover_is_not_destroyed(tmp_path: Path) -> None:
    provider = made(tmp_path / "master.key")
    (tmp_path / "master.key").rename(tmp_path / "master.old")
    text = (tmp_path / "master.old").read_bytes()
    with pytest.raises(UnavailableError):
        provider.renew({"0123"})
    assert (tmp_path / "master.old").read_bytes() == text


def test_a_folder_that_is_read_only_is_told_and_the_key_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # nobody may not walk down to it
    file = Path("secret", "master.key")
    provider = made(file)
    text = file.read_bytes()
    tmp_path.chmod(0o755)
    with as_nobody(file.parent, file):
        file.parent.chmod(0o500)
        with pytest.raises(UnavailableError, match="can't be written"):
            provider.renew({provider.current()})
        file.parent.chmod(0o700)
    assert file.read_bytes() == text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_on_a_full_disk_the_old_key_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = made(tmp_path / "master.key")
    text = (tmp_path / "master.key").read_bytes()
    really_open = os.open

    def on_a_full_disk(path: os.PathLike[str] | str, flags: int, mode: int = 0o777) -> int:
        # The kernel's own “no space left”: what is written goes to a device that is always full.
        return (
            really_open("/dev/full", os.O_WRONLY) if str(path).endswith(".part") else really_open(path, flags, mode)
        )

    monkeypatch.setattr(os, "open", on_a_full_disk)
    with pytest.raises(UnavailableError, match="No space left") as caught:
        provider.renew({provider.current()})
    assert caught.value.code == "master_key_unwritable"
    monkeypatch.undo()
    assert (tmp_path / "master.key").read_bytes() == text
