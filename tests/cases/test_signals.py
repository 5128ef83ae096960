"""A signal is recorded once, before what comes with it, and ends what only sharing needed."""

from datetime import timedelta

from installations import NOW, ORDERS, say
from troth.app import App
from troth.cases.signals import BY, WHY
from troth.stops.model import Kind

MINUTE = timedelta(minutes=1)


def test_the_first_signal_is_recorded_and_the_others_change_nothing(app: App) -> None:
    number = say(app, "c1", ORDERS, "yes")
    assert app.signals.noted(number) is None
    app.signals.note(number, now=NOW)
    app.signals.note(number, now=NOW + MINUTE)
    [stop] = app.stops.history(number)
    assert (stop.kind, stop.by, stop.why) == (Kind.OPT_OUT, BY, WHY)
    assert NOW - MINUTE < stop.at < NOW
    assert app.signals.noted(number) == stop.at


def test_a_signal_after_it_was_lifted_is_a_first_one_again(app: App) -> None:
    number = say(app, "c1", ORDERS, "yes")
    app.signals.note(number, now=NOW)
    app.stopping.lift(Kind.OPT_OUT, customer=number, by="desk", now=NOW)
    assert app.signals.noted(number) is None
    app.signals.note(number, now=NOW + MINUTE)
    assert app.signals.noted(number) == NOW + MINUTE - timedelta(microseconds=1)


def test_who_is_gone_is_not_recorded(app: App) -> None:
    number = say(app, "c1", ORDERS, "yes")
    app.erasure.erase(number, now=NOW)
    app.signals.note(number, now=NOW)
    assert app.stops.history(number) == []
