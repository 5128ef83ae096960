"""Times as people type them, and what the law asks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from troth.actors import ActorKind
from troth.breach.looking import Looked, Looks
from troth.breach.model import Cause, Clocks, KindTold, Looker, Must, Reach, Report, clocks, moment
from troth.breach.words import duties, headline, looker_line, not_reached, taken_for_true
from troth.errors import InputError
from troth.ledger.looks import Look

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "is_end", "means"),
    [
        ("2026-11-22", LONDON, False, datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22", LONDON, True, datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-07-01", LONDON, False, datetime(2026, 6, 30, 23, tzinfo=UTC)),
        ("2026-11-22T14:30", NEW_YORK, False, datetime(2026, 11, 22, 19, 30, tzinfo=UTC)),
        ("2026-11-22T14:30", NEW_YORK, True, datetime(2026, 11, 22, 19, 30, tzinfo=UTC)),
        ("2026-11-22T14:30+02:00", NEW_YORK, False, datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
        # The day on which clocks go back has 25 hours.
        ("2026-10-25", LONDON, True, datetime(2026, 10, 26, tzinfo=UTC)),
    ],
)
def test_a_time_is_that_of_the_companys_zone(typed: str, zone: ZoneInfo, *, is_end: bool, means: datetime) -> None:
    assert moment(typed, zone, name="--since", is_end=is_end) == means


@pytest.mark.parametrize("typed", ["", "yesterday", "2026-13-01", "22.11.2026", "2026-11-22T25:00", "9999-12-31"])
def test_what_is_no_time_is_told(typed: str) -> None:
    with pytest.raises(InputError, match="--until is not a day or a time"):
        moment(typed, LONDON, name="--until", is_end=True)


def _reach(*sensitivities: int | None) -> Reach:
    kinds = tuple(KindTold(f"k{one}", f"Kind {one}", one, 2, 5, AT, AT) for one in sensitivities)
    return Reach(2 if kinds else 0, 0, kinds)


@pytest.mark.parametrize(
    ("reached", "ways", "authority", "customers"),
    [
        (_reach(), {}, Must.NO, Must.NO),
        (_reach(2, 3), {}, Must.YES, Must.WEIGH),
        (_reach(None), {}, Must.YES, Must.WEIGH),
        (_reach(1, 4), {}, Must.YES, Must.YES),
        (_reach(5), {"is_sealed": True}, Must.WEIGH, Must.NO),
        (_reach(5), {"is_judged": True}, Must.WEIGH, Must.WEIGH),
    ],
)
def test_what_the_law_asks(reached: Reach, ways: dict[str, bool], authority: Must, customers: Must) -> None:
    told = clocks(reached, noticed=AT, **ways)
    assert (told.authority, told.customers) == (authority, customers)
    assert told.authority_by == (AT + timedelta(hours=72) if reached.customers else None)
    assert clocks(reached, noticed=None, **ways).authority_by is None


def test_the_sentences_say_how_many_by_when_and_what_is_taken_for_true() -> None:
    report = Report(Cause.INTRUSION, AT, _reach(2, 5), clocks=clocks(_reach(2, 5), noticed=AT), is_exact=False)
    assert headline(report) == "Data of 2 customers can be read with this, at most."
    said = " ".join(duties(report, lambda at: f"{at:%d %B %H:%M}"))
    assert "by 25 November 12:00" in said
    assert "Tell the customers too" in said
    assert headline(Report(Cause.INTRUSION, AT, Reach())) == "Nobody’s data can be read with this."
    assert list(not_reached(Report(Cause.INTRUSION, AT, Reach()))) == []
    nothing = Clocks(Must.NO, Must.NO)
    assert "need not" in " ".join(duties(Report(Cause.MISUSE, AT, Reach(), clocks=nothing), str))
    true = list(taken_for_true(epoch=3, has_data=False, has_keys=False, kind=""))
    assert true[0].startswith("They have the key of epoch 3")
    assert any("master key too" in line for line in taken_for_true(epoch=None, has_data=True, has_keys=True, kind=""))
    assert any("and no keys" in line for line in taken_for_true(epoch=None, has_data=True, has_keys=False, kind=""))


def test_what_was_handed_out_is_told_by_recipient() -> None:
    def handed(to: str, *allowed: str) -> Look:
        return Look(ActorKind.SERVICE, "mailer", "newsletter", recipient=to, allowed=allowed)

    noted = [(AT, handed("brightmail", "email")), (AT, handed("carrier", "orders")), (AT, handed("brightmail"))]
    sums = Looks(Looked(AT, AT + timedelta(seconds=1), to="brightmail"))
    assert [(lot.name, lot.items) for lot in sums.of(7, noted)] == [("email", 1)]
    assert sums.of(8, noted[1:2]) == []
    (one,) = sums.lookers()
    assert one == Looker("mailer", "", "", "brightmail", ("newsletter",), 1, 1, 1)
    assert looker_line(one) == "mailer handed to brightmail: 1 times, 1 customer, for newsletter; 1 times refused"
