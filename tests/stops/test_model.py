from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from installations import NOW
from troth.stops.model import (
    EVERYBODY,
    NOTHING_IN_COMMON,
    NOTHING_OF_CUSTOMER,
    OF_CUSTOMER,
    WITH_TARGET,
    Act,
    Kind,
    Stop,
    in_common,
    of_customer,
    standing,
)


def put(kind: Kind, target: str = "", *, days: int = 0) -> Stop:
    return Stop(kind, 7 if kind in OF_CUSTOMER else EVERYBODY, target, Act.PUT, NOW + timedelta(days=days), "staff")


def lifted(stop: Stop) -> Stop:
    return Stop(stop.kind, stop.customer, stop.target, Act.LIFTED, stop.at + timedelta(days=1), "staff")


def test_nothing_recorded_is_nothing_stopped() -> None:
    assert of_customer([]) == NOTHING_OF_CUSTOMER
    assert in_common([]) == NOTHING_IN_COMMON


def test_each_kind_is_told_apart() -> None:
    stops = of_customer([put(kind, "newsletter" if kind in WITH_TARGET else "") for kind in sorted(OF_CUSTOMER)])
    assert (stops.restricted, stops.child, stops.held, stops.preserved) == (True, True, True, True)
    assert (stops.opted_out, stops.objections) == (NOW, {"newsletter": NOW})
    assert of_customer([put(Kind.CHILD)]).preserved is False
    common = in_common([put(Kind.PAUSE, "tax"), put(Kind.CUT_OFF, "parcelo")])
    assert (set(common.paused), set(common.cut_off)) == ({"tax"}, {"parcelo"})


def test_what_was_lifted_stands_no_more_and_can_be_put_again() -> None:
    stop = put(Kind.OBJECTION, "newsletter")
    assert standing([stop, lifted(stop)]) == []
    again = put(Kind.OBJECTION, "newsletter", days=9)
    assert of_customer([stop, lifted(stop), again]).objections == {"newsletter": again.at}


def test_lifting_one_leaves_the_others() -> None:
    first, second = put(Kind.OBJECTION, "newsletter"), put(Kind.OBJECTION, "fraud")
    assert of_customer([first, second, lifted(first)]).objections == {"fraud": NOW}


_rows = st.builds(
    lambda kind, target, act: Stop(kind, 7, target, act, NOW, "staff"),
    st.sampled_from(Kind),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(Act),
)


@given(st.lists(_rows))
def test_only_the_last_word_on_each_stop_counts(rows: list[Stop]) -> None:
    last = {(row.kind, row.target): row for row in rows}
    expected = {row for row in last.values() if row.act is Act.PUT}
    assert set(standing(rows)) == expected
    assert of_customer(rows) == of_customer(standing(rows))
