import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend.worlds import checkerboard, dense, gram_of, rows_of, shops
from troth.recommend.gram import Row, as_row
from troth.recommend.solve import DRIFT, QUANTUM, Matrix, Route, invert, residual, update, weights


def regression(inverse: Matrix) -> Matrix:
    """Return B as the paper writes it, whole and unrounded."""
    table: Matrix = -inverse / np.diag(inverse)
    np.fill_diagonal(table, 0.0)
    return table


def crowd(size: int, customers: int, seed: int) -> list[Row]:
    rng = np.random.default_rng(seed)
    return [
        as_row(rng.choice(size, size=rng.integers(1, 12), replace=False).tolist(), size=size)
        for _ in range(customers)
    ]


@settings(deadline=None)
@given(shops(), st.floats(0.1, 500.0))
def test_the_inverse_is_the_inverse(shop: tuple[int, list[Row]], ridge: float) -> None:
    size, rows = shop
    counts = gram_of(rows, size).counts
    inverse = invert(counts, ridge)
    assert np.allclose((counts + ridge * np.eye(size)) @ inverse, np.eye(size), atol=1e-11)
    assert np.array_equal(inverse, inverse.T)
    assert residual(inverse, counts, ridge=ridge) < DRIFT


def test_the_inverse_is_mirrored_across_blocks() -> None:
    counts = gram_of(crowd(600, 300, 1), 600).counts
    inverse = invert(counts, 3.0)
    assert np.array_equal(inverse, inverse.T)
    assert np.allclose(inverse, np.linalg.inv(counts + 3.0 * np.eye(600)), atol=1e-13)


def test_weights_are_least_squares_with_no_item_explaining_itself() -> None:
    rows, size, ridge = checkerboard(), 12, 2.0
    table = regression(invert(gram_of(rows, size).counts, ridge))
    seen = np.array([[item in row for item in range(size)] for row in rows], dtype=float)
    for target in range(size):
        others = [item for item in range(size) if item != target]
        left, right = seen[:, others], seen[:, target]
        solved = np.linalg.solve(left.T @ left + ridge * np.eye(size - 1), left.T @ right)
        assert np.allclose(table[others, target], solved, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.integers(0, 99), max_size=2, unique=True),
    st.lists(st.sets(st.integers(0, 119), max_size=9), max_size=2),
)
def test_an_update_ends_where_solving_anew_ends(seed: int, leaving: list[int], coming: list[set[int]]) -> None:
    size, ridge = 120, 10.0
    rows = crowd(size, 100, seed)
    gram = gram_of(rows, size)
    inverse = invert(gram.counts, ridge)
    removed, added = [rows[place] for place in leaving], rows_of(size, *coming)
    gram.subtract(removed)
    gram.add(added)
    updated, route = update(inverse, gram.counts, ridge=ridge, added=added, removed=removed)
    anew = invert(gram.counts, ridge)
    assert route is (Route.LOW_RANK if removed or any(row.size for row in added) else Route.UNCHANGED)
    assert np.abs(updated - anew).max() <= 1e-10
    assert np.abs(regression(updated) - regression(anew)).max() <= 1e-10
    assert np.array_equal(dense(weights(updated, gram.counts, keep=20)), dense(weights(anew, gram.counts, keep=20)))


def test_a_hundred_updates_in_a_row_end_where_solving_anew_ends() -> None:
    size, ridge = 200, 20.0
    rows = crowd(size, 300, 7)
    gram = gram_of(rows, size)
    inverse = invert(gram.counts, ridge)
    for row in rows[:100]:
        gram.subtract([row])
        inverse, route = update(inverse, gram.counts, ridge=ridge, added=[], removed=[row])
        assert route is Route.LOW_RANK
    assert np.abs(regression(inverse) - regression(invert(gram.counts, ridge))).max() <= 1e-10


def test_a_model_that_was_not_updated_is_seen() -> None:
    rows, size = crowd(120, 100, 3), 120
    ghost = invert(gram_of(rows, size).counts, 10.0)
    counts = gram_of(rows[1:], size).counts
    assert residual(ghost, counts, ridge=10.0) > 1e-4
    assert np.abs(regression(ghost) - regression(invert(counts, 10.0))).max() > 1e-4


def test_many_changed_rows_are_solved_anew() -> None:
    rows, size = crowd(120, 100, 3), 120
    gram = gram_of(rows, size)
    inverse = invert(gram.counts, 10.0)
    gram.subtract(rows[:5])
    updated, route = update(inverse, gram.counts, ridge=10.0, added=[], removed=rows[:5])
    assert route is Route.SOLVED_ANEW
    assert np.array_equal(updated, invert(gram.counts, 10.0))


def test_drift_is_found_and_solved_anew() -> None:
    rows, size = crowd(120, 100, 3), 120
    gram = gram_of(rows, size)
    drifted = invert(gram.counts, 10.0)
    drifted[17, 4] += 1e-8
    gram.subtract(rows[:1])
    updated, route = update(drifted, gram.counts, ridge=10.0, added=[], removed=rows[:1])
    assert route is Route.SOLVED_ANEW
    assert np.array_equal(updated, invert(gram.counts, 10.0))


def test_the_largest_weights_of_each_column_are_kept() -> None:
    counts = gram_of(crowd(90, 150, 5), 90).counts
    inverse = invert(counts, 5.0)
    whole, kept = regression(inverse), dense(weights(inverse, counts, keep=7))
    for column in range(90):
        largest = np.sort(np.abs(whole[:, column]))[-7:]
        assert np.allclose(np.sort(np.abs(kept[:, column]))[-7:], largest, atol=QUANTUM)
        assert np.count_nonzero(kept[:, column]) <= 7
    everything = dense(weights(inverse, counts, keep=500))
    assert np.abs(everything - whole).max() <= QUANTUM


def test_of_equal_weights_the_smaller_index_is_kept() -> None:
    counts = gram_of(rows_of(5, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}, {0}), 5).counts
    kept = weights(invert(counts, 1.0), counts, keep=2)
    table = dense(kept)
    assert np.flatnonzero(table[:, 0]).tolist() == [1, 2]
    assert len(set(table[table > 0.0])) < np.count_nonzero(table)


def test_weights_are_whole_quanta_so_that_any_order_of_summing_gives_the_same_bits() -> None:
    counts = gram_of(crowd(90, 150, 5), 90).counts
    values = weights(invert(counts, 5.0), counts, keep=30).values
    steps = values / QUANTUM
    assert np.array_equal(steps, np.rint(steps))
    assert sum(values.tolist()) == sum(reversed(values.tolist())) == float(values.sum())


def test_no_weight_rests_on_fewer_customers_than_the_support() -> None:
    rows = [*rows_of(4, {0, 1}, {0, 1}), *rows_of(4, {2, 3}, {2, 3}, {2, 3})]
    counts = gram_of(rows, 4).counts
    inverse = invert(counts, 1.0)
    assert set(weights(inverse, counts, keep=9, support=2).columns.tolist()) == {0, 1, 2, 3}
    assert set(weights(inverse, counts, keep=9, support=3).columns.tolist()) == {2, 3}


def test_damping_makes_an_item_say_less_the_more_customers_have_it() -> None:
    counts = gram_of(crowd(90, 150, 5), 90).counts
    inverse = invert(counts, 5.0)
    plain = regression(inverse)
    damped = dense(weights(inverse, counts, keep=90, damping=0.5))
    expected = plain / np.sqrt(np.maximum(np.diag(counts), 1))[:, None]
    assert np.abs(damped - expected).max() <= QUANTUM


def test_an_item_nobody_has_gives_and_gets_no_weight() -> None:
    counts = gram_of(rows_of(3, {0, 1}, {0, 1}), 3).counts
    table = dense(weights(invert(counts, 1.0), counts, keep=3))
    assert table[0, 1] > 0.0
    assert not table[2].any()
    assert not table[:, 2].any()


def test_an_empty_shop_has_an_empty_model() -> None:
    counts = gram_of([], 0).counts
    empty = weights(invert(counts, 1.0), counts, keep=5)
    assert empty.size == 0
    assert len(empty.values) == 0


def test_what_has_no_solution_is_refused() -> None:
    counts = gram_of(rows_of(2, {0, 1}), 2).counts
    with pytest.raises(ValueError, match="not positive definite"):
        invert(counts, -1.0)
    with pytest.raises(ValueError, match="at least one"):
        weights(invert(counts, 1.0), counts, keep=0)
