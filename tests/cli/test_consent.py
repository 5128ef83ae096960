"""`troth consent` as a person uses it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from installations import GARDEN, IMPORT, PAGE_VIEWS, order, promise_after, say, view
from troth.app import build
from troth.cli.consent import commands
from troth.settings import from_environment


def test_a_no_also_deletes_a_kind_that_the_promise_names_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = tmp_path / "promise.yaml"
    text = GARDEN.read_text("utf-8")
    promise.write_text(text, encoding="utf-8")
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TROTH_PROMISE", str(promise))
    app = build(from_environment())
    now = app.clock.now()
    app.gate.collect(IMPORT, [order("c1", "p1")], now)
    customer = say(app, "c1", PAGE_VIEWS, "yes")
    app.gate.collect(IMPORT, [view("c1", "p2", at=now)], now)
    app.close()

    renamed = promise_after(tmp_path, ("page_views:", "looks:"), since=f"{now:%Y-%m-%d}")
    monkeypatch.setenv("TROTH_PROMISE", str(renamed))
    told = CliRunner().invoke(commands, ["set", "c1", "suggestions/orders", "no"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert "1 × page_views" in told.output
    app = build(from_environment())
    assert set(app.gate.spans(customer)) == {"orders"}
    app.close()
