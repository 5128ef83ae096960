"""`troth consent records` as a person uses it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, ORDERS, say
from troth.app import build
from troth.cli.consent import commands
from troth.consent.model import Status
from troth.consent.records import ConsentRecord, read
from troth.errors import NotFoundError
from troth.settings import from_environment


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TROTH_PROMISE", str(GARDEN))
    app = build(from_environment())
    say(app, "customer-77", ORDERS, "no")
    say(app, "customer-77", ORDERS, "yes")
    app.close()


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(commands, ["records", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_choice_is_printed_as_a_record_that_can_be_read_back() -> None:
    told = printed("customer-77")
    records = [one for one in read(told) if isinstance(one, ConsentRecord)]
    assert [record.events[0].status for record in records] == [Status.REFUSED, Status.GIVEN]
    assert "customer-77" not in told
    assert told == printed("customer-77")


def test_the_shops_id_is_in_it_only_when_asked_for() -> None:
    assert "customer-77" in printed("customer-77", "--name-customer")


def test_who_is_not_here_has_no_records() -> None:
    with pytest.raises(NotFoundError, match="no customer"):
        CliRunner().invoke(commands, ["records", "nobody"], catch_exceptions=False)
