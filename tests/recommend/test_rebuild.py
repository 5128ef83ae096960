import ast
import inspect
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from sqlalchemy import update

from installations import NOW, ORDERS, install, say
from recommend.shops import checked, checkerboard, database_of, engine_of
from recommend.worlds import epoch_of, gram_of, shops
from troth.app import App
from troth.db import outbox
from troth.errors import NotFoundError, UnavailableError
from troth.recommend import rebuild, store
from troth.recommend.gram import Row, digest
from troth.recommend.rebuild import TOLERANCE, count_pairs, digest_of, largest_difference
from troth.recommend.served import Served, decode, encode, serve_from
from troth.recommend.solve import invert

SCRIPT = """
import sys
from pathlib import Path
from installations import install
from recommend.shops import checked
app = install(Path(sys.argv[1]))
found = checked(app)
print(found.holds, found.rebuilt)
app.close()
"""


def stored(app: App) -> tuple[store.Header, Served]:
    with database_of(app).reading() as connection:
        header = store.header(connection, "suggestions")
        assert header is not None
        return header, decode(store.body(connection, "suggestions"))


def put_back(app: App, header: store.Header, served: Served) -> None:
    """Write a model over the stored one, as if it had taken in everything."""
    with database_of(app).writing() as connection:
        connection.execute(
            update(store.models).values(
                epoch=header.epoch, digest=header.digest, body=encode(served), seq=outbox.newest(connection)
            )
        )


def test_the_served_model_is_the_one_of_exactly_those_who_agree(app: App) -> None:
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    found = checked(app)
    assert found.holds
    assert found.served == found.rebuilt
    assert found.difference < TOLERANCE
    assert (found.customers, found.products) == (24, 12)


def test_a_ghost_that_was_not_updated_fails(app: App) -> None:
    checkerboard(app)
    suggestions = engine_of(app)
    suggestions.fit(now=NOW)
    ghost_header, ghost = stored(app)
    say(app, "c04", ORDERS, "no")
    suggestions.refresh(now=NOW)
    assert checked(app).holds
    right_header, right = stored(app)

    put_back(app, ghost_header, ghost)
    assert not checked(app).holds
    assert checked(app).served != checked(app).rebuilt
    assert checked(app).difference > 1e-4

    # A ghost that only claims to have forgotten: the right digest over the old weights, or over the old counts.
    put_back(app, right_header, replace(ghost, popularity=right.popularity))
    assert checked(app).served == checked(app).rebuilt
    assert not checked(app).holds
    put_back(app, right_header, replace(right, popularity=ghost.popularity))
    assert not checked(app).popularity_equal
    assert not checked(app).holds

    put_back(app, right_header, right)
    assert checked(app).holds


def test_one_wrong_weight_or_one_too_many_fails(app: App) -> None:
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    header, right = stored(app)
    nudged = right.weights.values.copy()
    nudged[3] += 2e-8
    put_back(app, header, replace(right, weights=replace(right.weights, values=nudged)))
    assert not checked(app).holds
    put_back(app, header, replace(right, epoch=replace(right.epoch, keep=1)))
    assert checked(app).difference == float("inf")


def test_what_waits_in_the_outbox_is_said_and_not_compared(app: App) -> None:
    checkerboard(app)
    with pytest.raises(NotFoundError, match="no model yet"):
        checked(app)
    engine_of(app).fit(now=NOW)
    say(app, "c04", ORDERS, "no")
    with pytest.raises(UnavailableError, match="not taken in yet"):
        checked(app)


@pytest.mark.slow
def test_another_process_finds_the_same(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    checkerboard(app)
    engine_of(app).fit(now=NOW)
    here = checked(app)
    app.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "home")],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"True {here.served}\n"


def test_it_shares_no_code_with_what_it_checks() -> None:
    imported = {
        node.module for node in ast.walk(ast.parse(inspect.getsource(rebuild))) if isinstance(node, ast.ImportFrom)
    }
    assert not imported & {f"troth.recommend.{name}" for name in ("gram", "solve", "live", "learn", "service")}


@settings(deadline=None)
@given(shops())
def test_two_ways_of_counting_and_solving_agree(shop: tuple[int, list[Row]]) -> None:
    size, rows = shop
    epoch = replace(epoch_of(size, ridge=0.7, keep=3), damping=0.3)
    gram = gram_of(rows, size)
    served = serve_from(epoch, gram, invert(gram.counts, epoch.ridge))
    counts = count_pairs([row.tolist() for row in rows], size)
    assert digest_of(counts, epoch.items) == digest(gram.counts, epoch.items).hex()
    assert largest_difference(served, counts) < TOLERANCE
    assert list(counts) == gram.counts[np.triu_indices(size)].tolist()
