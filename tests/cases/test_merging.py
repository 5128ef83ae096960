"""Linking two customers, taking the link away, and what somebody might try with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installations import IMPORT, NOW, ORDERS, PAGE_VIEWS, SUGGEST, install, order, say, view
from troth.app import App
from troth.cases.merging import Id, Merged
from troth.consent.model import Answer, Status
from troth.db import outbox
from troth.errors import InputError, NotAllowedError, NotFoundError
from troth.identity import people
from troth.identity.model import IdKind, persons, standing
from troth.stops.model import Kind

ANA, BEN = Id("ana"), Id("ben")
PHONE, LAPTOP, MAIL = (
    Id("b-phone", IdKind.ANONYMOUS),
    Id("b-laptop", IdKind.ANONYMOUS),
    Id("Ana@Example.com", IdKind.EMAIL),
)


def link(app: App, one: Id, other: Id, *, two_accounts: bool = False) -> Merged:
    return app.merging.link(one, other, by="test", now=app.clock.now(), two_accounts=two_accounts)


def unlink(app: App, one: Id, other: Id) -> Merged:
    return app.merging.unlink(one, other, by="test", now=app.clock.now())


def tell(app: App, who: Id, answer: str) -> int:
    words = app.consent.words(PAGE_VIEWS)
    app.choosing.choose_for(
        who.text, [(PAGE_VIEWS, Answer(answer), words.digest)], via="page", now=NOW, kind=who.kind
    )
    return app.identity.get(who.text, who.kind)


def status(app: App, who: Id) -> Status | None:
    found = app.consent.standing(app.identity.get(who.text, who.kind)).get(PAGE_VIEWS)
    return None if found is None else found.status


def test_two_devices_with_opposite_choices_end_in_a_no_and_part_as_they_were(app: App) -> None:
    tell(app, PHONE, "yes")
    tell(app, LAPTOP, "no")
    assert link(app, PHONE, LAPTOP) == Merged(changed=True, ids=2, deleted={})
    assert status(app, PHONE) is status(app, LAPTOP) is Status.REFUSED
    assert unlink(app, LAPTOP, PHONE).changed
    assert (status(app, PHONE), status(app, LAPTOP)) == (Status.GIVEN, Status.REFUSED)


def test_a_choice_made_while_linked_stays_with_the_id_under_which_it_was_made(app: App) -> None:
    tell(app, PHONE, "yes")
    tell(app, LAPTOP, "no")
    link(app, PHONE, LAPTOP)
    tell(app, LAPTOP, "yes")
    assert status(app, PHONE) is Status.GIVEN
    tell(app, PHONE, "no")
    unlink(app, PHONE, LAPTOP)
    assert (status(app, PHONE), status(app, LAPTOP)) == (Status.WITHDRAWN, Status.GIVEN)


def test_linked_again_the_new_link_counts_and_not_the_old(app: App) -> None:
    tell(app, LAPTOP, "no")
    tell(app, PHONE, "yes")
    link(app, PHONE, LAPTOP)
    tell(app, PHONE, "yes")
    assert status(app, LAPTOP) is Status.GIVEN
    unlink(app, PHONE, LAPTOP)
    link(app, PHONE, LAPTOP)
    assert status(app, PHONE) is Status.REFUSED


def test_the_first_sign_in_links_a_browser_that_never_chose(app: App) -> None:
    tell(app, ANA, "yes")
    merged = link(app, ANA, PHONE)
    assert (merged.changed, merged.ids) == (True, 2)
    taken = app.gate.decide(SUGGEST, app.identity.get(PHONE.text, PHONE.kind), now=NOW)
    assert taken.allowed.keys() == {"page_views"}
    assert link(app, PHONE, ANA) == Merged(changed=False, ids=2, deleted={})


def test_a_no_beats_what_was_kept_under_the_other_id_and_it_does_not_come_back(app: App) -> None:
    customer = tell(app, ANA, "yes")
    app.gate.collect(IMPORT, [view("ana", "p1")], NOW)
    tell(app, PHONE, "no")
    assert link(app, ANA, PHONE).deleted == {"page_views": 1}
    unlink(app, ANA, PHONE)
    assert status(app, ANA) is Status.GIVEN
    assert dict(app.gate.spans(customer)) == {}


def test_what_one_had_only_by_the_yes_of_the_other_goes_with_the_link(app: App) -> None:
    tell(app, ANA, "yes")
    number = app.identity.obtain("ben", now=NOW)
    link(app, ANA, BEN, two_accounts=True)
    app.gate.collect(IMPORT, [view("ben", "p1")], NOW)
    assert unlink(app, ANA, BEN).deleted == {"page_views": 1}
    assert dict(app.gate.spans(number)) == {}


def test_nobody_becomes_a_customer_by_a_link_alone(app: App) -> None:
    with pytest.raises(NotFoundError, match="Neither"):
        link(app, ANA, PHONE)
    assert app.identity.find("ana") is None
    assert app.identity.find(PHONE.text, PHONE.kind) is None


def test_a_program_never_joins_two_accounts_also_not_by_way_of_a_shared_browser(app: App) -> None:
    tell(app, ANA, "yes")
    tell(app, BEN, "yes")
    with pytest.raises(NotAllowedError, match="two people on one device"):
        link(app, ANA, BEN)
    link(app, ANA, PHONE)
    with pytest.raises(NotAllowedError, match="new anonymous id"):
        link(app, BEN, PHONE)
    link(app, PHONE, MAIL)
    with pytest.raises(NotAllowedError):
        link(app, MAIL, BEN)
    assert link(app, ANA, BEN, two_accounts=True).ids == 4


@pytest.mark.parametrize("other", [ANA, Id(" ana ")], ids=["the same id", "the same id, spelled otherwise"])
def test_nobody_is_linked_to_themselves(app: App, other: Id) -> None:
    tell(app, ANA, "yes")
    with pytest.raises(InputError, match="same id"):
        link(app, ANA, other)
    assert app.merging.ties(ANA) == []


def test_a_circle_is_never_made_so_that_each_link_parts_alone(app: App) -> None:
    for one in (PHONE, LAPTOP, MAIL):
        tell(app, one, "yes")
    link(app, PHONE, LAPTOP)
    link(app, LAPTOP, MAIL)
    assert not link(app, MAIL, PHONE).changed
    assert len(app.merging.ties(PHONE)) == 2
    unlink(app, PHONE, LAPTOP)
    assert app.merging.ties(PHONE) == []
    assert len(app.merging.ties(MAIL)) == 1


def test_a_person_of_too_many_ids_is_refused_and_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_LINKED", 5)
    tell(app, ANA, "yes")
    for place in range(4):
        link(app, ANA, Id(f"b-{place}", IdKind.ANONYMOUS))
    with pytest.raises(InputError, match="more than 5 ids"):
        link(app, ANA, Id("b-9", IdKind.ANONYMOUS))
    assert app.identity.find("b-9", IdKind.ANONYMOUS) is None, "nothing of the refused link stays"
    assert len(app.merging.ties(ANA)) == 4


def test_hundreds_of_ids_are_still_one_answer(app: App) -> None:
    tell(app, ANA, "yes")
    for place in range(people.MOST_LINKED - 1):
        link(app, ANA, Id(f"b-{place}", IdKind.ANONYMOUS))
    tell(app, Id("b-7", IdKind.ANONYMOUS), "no")
    assert status(app, ANA) is Status.WITHDRAWN


def test_who_left_or_is_leaving_is_linked_to_nobody(app: App) -> None:
    gone = tell(app, ANA, "yes")
    tell(app, PHONE, "yes")
    with app._databases[0].writing() as connection:
        app.identity.restrict(connection, gone)
    with pytest.raises(NotFoundError, match="has left"):
        link(app, ANA, PHONE)
    app.erasure.erase(gone, now=NOW)
    with pytest.raises(NotFoundError):
        unlink(app, ANA, PHONE)
    # A sign-in after the erasure is a fresh act: it begins with nothing of what was.
    link(app, ANA, PHONE)
    assert app.identity.get("ana") != gone
    assert status(app, ANA) is Status.GIVEN, "what the phone said"


def test_a_link_that_is_not_there_can_not_be_taken_away(app: App) -> None:
    for one in (PHONE, LAPTOP, MAIL):
        tell(app, one, "yes")
    link(app, PHONE, LAPTOP)
    link(app, LAPTOP, MAIL)
    for one, other in ((PHONE, MAIL), (PHONE, PHONE)):
        with pytest.raises(InputError, match="no link between"):
            unlink(app, one, other)
    assert len(app.merging.ties(PHONE)) == 2


def test_a_link_of_somebody_else_is_not_reached_by_its_number(app: App) -> None:
    for one in (ANA, PHONE, BEN, LAPTOP):
        tell(app, one, "yes")
    link(app, ANA, PHONE)
    link(app, BEN, LAPTOP)
    (theirs,) = app.merging.ties(BEN)
    with pytest.raises(InputError, match="no link of that number"):
        app.merging.unlink_number(ANA, theirs.link.number, by="test", now=NOW)
    (own,) = app.merging.ties(ANA)
    app.merging.unlink_number(ANA, own.link.number, by="test", now=NOW)
    assert app.merging.ties(ANA) == []
    assert len(app.merging.ties(BEN)) == 1


@pytest.mark.parametrize(("by", "why"), [("", ""), ("x" * 201, ""), ("desk", "x" * 201)])
def test_who_and_why_are_a_few_words(app: App, by: str, why: str) -> None:
    tell(app, ANA, "yes")
    with pytest.raises(InputError, match="few words"):
        app.merging.link(ANA, PHONE, by=by, why=why, now=NOW)


def test_a_signal_of_the_next_page_does_not_take_back_a_yes_of_the_person(app: App) -> None:
    one, two = tell(app, ANA, "yes"), tell(app, PHONE, "yes")
    first = app.stopping.put(Kind.OPT_OUT, customer=one, by="browser", now=NOW).stop
    link(app, ANA, PHONE)
    assert app.stopping.put(Kind.OPT_OUT, customer=two, by="browser", now=NOW + timedelta(days=2)).stop == first
    app.signals.note(two, now=NOW + timedelta(days=2))
    assert app.signals.noted(two) == first.at
    assert app.stops.history(two) == []


def _rows(app: App) -> list[tuple[int, bool]]:
    with app._databases[0].reading() as connection:
        return [(one.customer, one.removal) for one in outbox.since(connection, 0) if one.what.endswith("linked")]


def test_only_a_link_that_may_end_a_use_hurries_the_model_and_every_unlink_does(app: App) -> None:
    one, two = tell(app, ANA, "yes"), tell(app, PHONE, "yes")
    link(app, ANA, PHONE)
    assert _rows(app) == [(one, False), (two, False)]
    unlink(app, ANA, PHONE)
    assert _rows(app)[2:] == [(one, True), (two, True)]
    tell(app, PHONE, "no")
    link(app, ANA, PHONE)
    assert _rows(app)[4:] == [(one, True), (two, True)]


def test_a_link_and_a_no_at_the_same_moment_end_in_a_no_whichever_comes_first(app: App) -> None:
    for turn in range(8):
        one, other = Id(f"c{turn}"), Id(f"b{turn}", IdKind.ANONYMOUS)
        tell(app, one, "yes")
        tell(app, other, "yes")
        acts: list[Callable[[], object]] = [
            lambda one=one, other=other: link(app, one, other),  # type: ignore[misc] # bound at once
            lambda other=other: tell(app, other, "no"),  # type: ignore[misc] # bound at once
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda act: act(), acts[:: 1 if turn % 2 else -1]))
        assert status(app, one) is status(app, other) is Status.WITHDRAWN


def test_two_links_at_the_same_moment_make_one_person_without_a_circle(app: App) -> None:
    for one in (PHONE, LAPTOP, MAIL):
        tell(app, one, "yes")
    pairs = [(PHONE, LAPTOP), (LAPTOP, MAIL), (MAIL, PHONE)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda pair: link(app, *pair), pairs))
    assert sorted(one.changed for one in done) == [False, True, True]
    assert len(app.merging.ties(PHONE)) == 2


IDS = [Id(f"b{place}", IdKind.ANONYMOUS) for place in range(4)]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["link", "unlink", "yes", "no", "erase"]), st.integers(0, 3), st.integers(0, 3)),
        max_size=20,
    )
)
def test_the_person_beside_the_number_is_what_the_rows_say_and_an_unlink_leaves_each_their_own(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int]]
) -> None:
    app = install(tmp_path_factory.mktemp("home"))
    for one in IDS:
        tell(app, one, "yes")
    for act, mine, theirs in acts:
        try:
            _act(app, act, IDS[mine], IDS[theirs])
        except (InputError, NotFoundError):
            continue  # the same one twice, no such link, or gone
    numbers = [found for one in IDS if (found := app.identity.find(one.text, one.kind)) is not None]
    rows = sorted(
        {row for number in numbers for row in app.identity.people.history(number)}, key=lambda row: row.number
    )
    made = {number: person for person in persons(numbers, standing(rows)) for number in person}
    with app._databases[0].reading() as connection:
        for number in numbers:
            person = app.identity.people.seen(connection, number).person
            assert person == (min(made[number]) if len(made[number]) > 1 else None)
            assert set(app.identity.people.numbers(connection, number)) == made[number]
    for tie in {tie for one in IDS if app.identity.find(one.text, one.kind) for tie in app.merging.ties(one)}:
        ends = [id_ for id_ in IDS if app.identity.find(id_.text, id_.kind) in {tie.link.one, tie.link.other}]
        unlink(app, *ends)
    with app._databases[0].reading() as connection:
        for number in numbers:
            assert app.consent.standing(number) == app.consent.standing_in(connection, number)
    app.close()


def _act(app: App, act: str, one: Id, other: Id) -> None:
    match act:
        case "link":
            link(app, one, other)
        case "unlink":
            unlink(app, one, other)
        case "erase":
            app.erasure.erase(app.identity.get(one.text, one.kind), now=NOW)
        case answer:
            tell(app, one, answer)


def test_links_survive_the_process(tmp_path: Path) -> None:
    app = install(tmp_path)
    app.gate.collect(IMPORT, [order("ana", "p1")], NOW)
    say(app, "ana", ORDERS, "yes")
    tell(app, PHONE, "no")
    link(app, ANA, PHONE)
    app.close()
    again = install(tmp_path)
    assert status(again, ANA) is Status.REFUSED
    assert again.gate.decide(SUGGEST, again.identity.get(PHONE.text, PHONE.kind), now=NOW).allowed.keys() == {
        "orders"
    }
    again.close()
