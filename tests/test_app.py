from pathlib import Path

import pytest

from installations import IMPORT, NOW, install, order
from troth.errors import UnavailableError


@pytest.mark.sqlite
@pytest.mark.parametrize("gone", ["removed", "emptied"])
def test_lost_data_is_told_and_never_taken_for_a_beginning(tmp_path: Path, gone: str) -> None:
    app = install(tmp_path / "home")
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.close()
    data = tmp_path / "home" / "data" / "troth.db"
    data.unlink()
    if gone == "emptied":
        data.touch()
    with pytest.raises(UnavailableError, match="its data is not"):
        install(tmp_path / "home")


@pytest.mark.sqlite
def test_lost_keys_are_told_and_never_made_anew(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    app.close()
    (tmp_path / "home" / "keys" / "keys.db").unlink()
    with pytest.raises(UnavailableError, match="keys that belong to it are not"):
        install(tmp_path / "home")


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, no folder")
    with pytest.raises(UnavailableError, match="TROTH_HOME"):
        install(tmp_path / "home")


def test_opening_twice_finds_what_was_there(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    app.gate.collect(IMPORT, [order("c1", "p1")], NOW)
    customer = app.identity.get("c1")
    app.close()
    again = install(tmp_path / "home")
    assert again.identity.get("c1") == customer
    again.close()
