import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.recommend.evaluate import ndcg, paired_interval, ranking, recall
from troth.recommend.gram import as_row


def slow_ranking(score: list[float], given_items: set[int], most: int) -> list[int]:
    left = [item for item in range(len(score)) if item not in given_items]
    return sorted(left, key=lambda item: (-score[item], item))[:most]


def slow_ndcg(ranked: list[int], targets: set[int], most: int) -> float:
    gain = 0.0
    for place, item in enumerate(ranked[:most], start=1):
        if item in targets:
            gain += 1 / math.log2(place + 1)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(most, len(targets)) + 1))
    return gain / ideal


def slow_recall(ranked: list[int], targets: set[int], most: int) -> float:
    return sum(item in targets for item in ranked[:most]) / min(most, len(targets))


@settings(deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=2, max_size=150), st.integers(1, 120), st.data())
def test_the_measures_equal_a_slow_and_plain_reading(score: list[float], most: int, data: st.DataObject) -> None:
    size = len(score)
    given_items = data.draw(st.sets(st.integers(0, size - 1), max_size=size - 1))
    left = sorted(set(range(size)) - given_items)
    targets = data.draw(st.sets(st.sampled_from(left), min_size=1))
    ranked = ranking(np.array(score), as_row(given_items, size=size), most)
    assert ranked.tolist() == slow_ranking(score, given_items, most)
    targets_row = as_row(targets, size=size)
    assert recall(ranked, targets_row, most) == pytest.approx(slow_recall(ranked.tolist(), targets, most))
    assert ndcg(ranked, targets_row, most) == pytest.approx(slow_ndcg(ranked.tolist(), targets, most))


def test_worked_examples() -> None:
    ranked, targets = as_row([0], size=9), as_row([0, 5], size=9)
    assert recall(ranked, targets, 1) == 1.0
    assert recall(ranked, targets, 2) == 0.5
    assert ndcg(np.array([7, 0], dtype=np.int32), as_row([0], size=9)) == pytest.approx(1 / math.log2(3))


def test_nothing_to_guess_has_no_measure() -> None:
    nothing, ranked = as_row([], size=3), as_row([0], size=3)
    with pytest.raises(ValueError, match="at least one target"):
        recall(ranked, nothing, 5)
    with pytest.raises(ValueError, match="at least one target"):
        ndcg(ranked, nothing)


def test_a_real_difference_is_found_and_none_is_not() -> None:
    rng = np.random.default_rng(4)
    base = rng.uniform(size=400)
    noise = rng.normal(0.0, 0.1, size=400)
    better = paired_interval((base + noise + 0.05).tolist(), base.tolist(), rng=np.random.default_rng(1), draws=2500)
    same = paired_interval((base + noise - noise.mean()).tolist(), base.tolist(), rng=np.random.default_rng(1))
    assert 0.0 < better.low < better.mean < better.high
    assert same.low < 0.0 < same.high
    # For a mean of 400 the interval is close to ± 1.96 standard errors.
    assert same.high - same.low == pytest.approx(2 * 1.96 * noise.std() / 20, rel=0.1)


def test_the_interval_can_be_repeated_and_needs_the_same_customers() -> None:
    first, second = [0.1, 0.5, 0.3], [0.2, 0.1, 0.3]
    once = paired_interval(first, second, rng=np.random.default_rng(9), draws=500)
    assert paired_interval(first, second, rng=np.random.default_rng(9), draws=500) == once
    with pytest.raises(ValueError, match="same customers"):
        paired_interval(first, second[:2], rng=np.random.default_rng(9))
