import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend.worlds import checkerboard, dense, gram_of, shops
from troth.recommend.gram import Row, as_row
from troth.recommend.serve import best, scores, spread
from troth.recommend.solve import Weights, invert, weights


def weights_of(rows: list[Row], size: int, *, keep: int = 50) -> Weights:
    counts = gram_of(rows, size).counts
    return weights(invert(counts, 1.0), counts, keep=keep)


def test_who_has_even_items_is_suggested_even_ones() -> None:
    model = weights_of(checkerboard(), 12)
    for own in ([0, 2], [1, 7, 9], [4], [11, 3]):
        row = as_row(own, size=12)
        found = best(scores(spread(model, row)), 4, without=row)
        assert len(found) > 0
        assert {item % 2 for item in found.tolist()} == {own[0] % 2}
        assert not set(found.tolist()) & set(own)


@settings(deadline=None)
@given(shops(), st.data())
def test_scores_are_the_sum_of_the_rows_of_own_items(shop: tuple[int, list[Row]], data: st.DataObject) -> None:
    size, rows = shop
    model = weights_of(rows, size, keep=3)
    own = as_row(data.draw(st.sets(st.integers(0, size - 1))), size=size)
    assert np.array_equal(scores(spread(model, own)), dense(model)[own].sum(axis=0))


def test_no_own_items_score_nothing() -> None:
    model = weights_of(checkerboard(), 12)
    nothing = as_row([], size=12)
    assert scores(spread(model, nothing)).tolist() == [0.0] * 12
    assert best(scores(spread(model, nothing)), 5, without=nothing).tolist() == []


@settings(deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=30), st.integers(1, 35), st.data())
def test_the_best_are_those_of_a_full_sort(given_scores: list[float], most: int, data: st.DataObject) -> None:
    size = len(given_scores)
    own = as_row(data.draw(st.sets(st.integers(0, size - 1))), size=size)
    expected = sorted(
        (item for item in range(size) if given_scores[item] > 0 and item not in set(own.tolist())),
        key=lambda item: (-given_scores[item], item),
    )
    assert best(np.array(given_scores), most, without=own).tolist() == expected[:most]
