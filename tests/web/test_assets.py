import hashlib
import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette

from troth.web import assets
from troth.web.assets import Assets
from visitors import Visitor

STATIC = Path(assets.__file__).parent / "static"


def _client(found: Assets) -> Visitor:
    return Visitor(Starlette(routes=[found.route()]))


def test_an_address_changes_when_any_file_changes(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a", encoding="utf-8")
    before = Assets([tmp_path]).url("a.css")
    (tmp_path / "b.css").write_text("b", encoding="utf-8")
    assert Assets([tmp_path]).url("a.css") != before


def test_the_present_set_may_be_kept_for_ever_and_another_not() -> None:
    found = Assets([STATIC])
    client = _client(found)
    now = client.get(found.url("troth.css"))
    assert (now.status_code, now.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert client.get("/static/of-another-day/troth.css").headers["cache-control"] == "no-cache"


def test_a_later_folder_covers_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "troth.css").write_text("/* ours */", encoding="utf-8")
    found = Assets([STATIC, tmp_path])
    assert _client(found).get(found.url("troth.css")).text == "/* ours */"


@pytest.mark.parametrize(
    "address",
    ["%2e%2e/site.py", "..%2fsite.py", "/etc/passwd", "vendor.toml", "none.css", "fonts/"],
)
def test_nothing_but_the_listed_files_is_served(address: str) -> None:
    found = Assets([STATIC])
    assert _client(found).get(f"/static/{found.version}/{address}").status_code == 404


def test_a_page_that_names_a_missing_file_is_wrong() -> None:
    with pytest.raises(KeyError):
        Assets([STATIC]).url("missing.css")


def test_every_file_of_others_is_what_its_record_says_and_has_its_licence() -> None:
    vendored = tomllib.loads((STATIC / "vendor.toml").read_text(encoding="utf-8"))["file"]
    assert {one["path"] for one in vendored} == {
        path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.woff2")
    }
    for one in vendored:
        assert hashlib.sha256((STATIC / one["path"]).read_bytes()).hexdigest() == one["sha256"]
        assert "SIL Open Font License" in (STATIC / one["licence_text"]).read_text(encoding="utf-8")


def test_the_style_sheet_names_only_files_of_its_own_folder() -> None:
    text = (STATIC / "troth.css").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "//" not in text.replace("/*", "").replace("*/", "")
