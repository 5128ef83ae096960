from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from installations import GARDEN, NOW, promise_after, url
from troth.db.engine import Database, sqlite_url
from troth.db.migrate import Steps, upgrade
from troth.errors import InputError
from troth.promise.errors import PromiseError
from troth.promise.read import read_promise
from troth.promise.versions import Given, Versions

MORE = ("keep: 90 days", "keep: 3 years")


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    database = Database(url(tmp_path, "main") or sqlite_url(tmp_path / "troth.db"))
    upgrade(database, Steps.MAIN)
    yield Versions(database)
    database.close()


def admit(versions: Versions, file: Path, *, now: datetime = NOW, nobody: bool = False) -> Given:
    return versions.admit(read_promise(file), file.read_bytes(), now=now, nobody=nobody)


def numbers(given: Given) -> list[int]:
    return [*(one.version.number for one in given.history), given.promise.version.number]


def test_a_promise_is_on_record_once(versions: Versions) -> None:
    given = [admit(versions, GARDEN) for _ in range(3)][-1]
    assert numbers(given) == [1]
    newest = versions.newest()
    assert newest is not None
    assert newest.fingerprint == given.promise.fingerprint
    assert given.recorded == {1: NOW}


def test_nothing_is_on_record_at_first(versions: Versions) -> None:
    assert versions.newest() is None


def test_the_next_promise_follows_and_the_one_before_is_remembered(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN, now=NOW - timedelta(days=9))
    given = admit(versions, promise_after(tmp_path, MORE))
    assert numbers(given) == [1, 2]
    assert given.recorded == {1: NOW - timedelta(days=9), 2: NOW}
    before = given.history[0]
    assert before.data["page_views"].keep != given.promise.data["page_views"].keep
    assert str(before.places["data.page_views.keep"]).startswith("promise version 1:")


def test_a_promise_of_tomorrow_waits(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN)
    file = promise_after(tmp_path, MORE, since="2026-11-23")
    waiting = admit(versions, file)
    assert (numbers(waiting), waiting.coming and waiting.coming.version.number) == ([1], 2)
    given = admit(versions, file, now=NOW + timedelta(hours=12))
    assert (numbers(given), given.coming) == ([1, 2], None)


def test_the_first_promise_of_all_is_the_one_even_before_its_day(versions: Versions, tmp_path: Path) -> None:
    given = admit(versions, promise_after(tmp_path, since="2026-12-24"))
    assert (numbers(given), given.coming) == ([2], None)


def test_a_promise_that_was_followed_does_not_come_back(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN)
    admit(versions, promise_after(tmp_path, MORE))
    with pytest.raises(InputError, match="number 2 was given already") as raised:
        admit(versions, GARDEN)
    assert raised.value.code == "promise_older"


def test_other_words_under_the_same_number_are_not_taken(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN)
    same = tmp_path / "same.yaml"
    same.write_text(GARDEN.read_text("utf-8").replace(*MORE), "utf-8")
    with pytest.raises(PromiseError) as raised:
        admit(versions, same)
    assert {finding.code for finding in raised.value.findings} >= {"P301"}
    assert numbers(admit(versions, GARDEN)) == [1], "nothing was recorded"


def test_a_new_date_of_a_check_needs_no_new_number(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN)
    owner = tmp_path / "owner.yaml"
    owner.write_text(GARDEN.read_text("utf-8").replace("{name: Isa Moor,", "{name: Ida Moor,"), "utf-8")
    given = admit(versions, owner, now=NOW + timedelta(days=1))
    assert numbers(given) == [1]
    assert given.promise.company.owner_of_safeguards.name == "Ida Moor"
    assert given.recorded == {1: NOW}


def test_while_nobody_is_a_customer_a_promise_may_be_written_anew(versions: Versions, tmp_path: Path) -> None:
    admit(versions, GARDEN)
    admit(versions, promise_after(tmp_path, MORE), nobody=True)
    same = tmp_path / "same.yaml"
    same.write_text(GARDEN.read_text("utf-8").replace(*MORE), "utf-8")
    assert numbers(admit(versions, same, nobody=True)) == [1]


def test_a_promise_that_changes_while_it_is_read_is_not_taken(versions: Versions) -> None:
    with pytest.raises(InputError, match="changed while it was read"):
        versions.admit(read_promise(GARDEN), GARDEN.read_bytes() + b"\n", now=NOW, nobody=False)
    assert versions.newest() is None
