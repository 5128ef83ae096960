import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend.worlds import checkerboard, gram_of, shops
from troth.recommend.explain import Explanation, Part, explain
from troth.recommend.gram import Row, as_row
from troth.recommend.serve import Spread, best, scores, spread
from troth.recommend.solve import invert, weights


@settings(deadline=None)
@given(shops(), st.data())
def test_parts_and_other_things_add_up_to_the_score_to_the_last_bit(
    shop: tuple[int, list[Row]], data: st.DataObject
) -> None:
    size, rows = shop
    counts = gram_of(rows, size).counts
    model = weights(invert(counts, 0.5), counts, keep=6)
    own = as_row(data.draw(st.sets(st.integers(0, size - 1))), size=size)
    hidden = data.draw(st.sets(st.integers(0, size - 1)))
    given_weights = spread(model, own)
    score = scores(given_weights)
    for item in range(size):
        told = explain(given_weights, item, hidden=hidden)
        shown = [part.value for part in told.parts]
        assert told.score == score[item]
        assert sum(shown) + told.other == told.score
        assert math.fsum([*shown, told.other]) == told.score
        assert all(value > 0.0 for value in shown)
        assert shown == sorted(shown, reverse=True)
        assert len(shown) <= 3
        assert not {part.item for part in told.parts} & hidden
        assert {part.item for part in told.parts} <= set(own.tolist())


def test_a_hidden_item_counts_and_is_not_named() -> None:
    counts = gram_of(checkerboard(), 12).counts
    model = weights(invert(counts, 1.0), counts, keep=12)
    own = as_row([0, 2], size=12)
    given_weights = spread(model, own)
    item = int(best(scores(given_weights), 1, without=own)[0])
    open_told, hidden_told = explain(given_weights, item), explain(given_weights, item, hidden={0})
    assert {part.item for part in open_told.parts} == {0, 2}
    assert open_told.other == 0.0
    assert {part.item for part in hidden_told.parts} == {2}
    assert hidden_told.score == open_told.score
    assert hidden_told.other == next(part.value for part in open_told.parts if part.item == 0)


def test_what_speaks_against_an_item_is_in_other_things() -> None:
    given_weights = Spread(
        size=9,
        own=as_row([1, 2, 3, 4, 5], size=9),
        givers=np.array([1, 2, 3, 4, 5, 5], dtype=np.int32),
        columns=np.array([7, 7, 7, 7, 7, 8], dtype=np.int32),
        values=np.array([0.5, 0.25, 0.5, 0.125, -0.75, 1.0]),
    )
    assert explain(given_weights, 7) == Explanation(
        score=0.625, parts=(Part(1, 0.5), Part(3, 0.5), Part(2, 0.25)), other=0.125 - 0.75
    )
