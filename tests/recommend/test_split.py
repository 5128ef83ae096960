"""The figures of the fixed split, as its README gives them."""

from pathlib import Path

import numpy as np
import pytest

from recommend.worlds import gram_of
from troth.recommend.evaluate import ndcg, ranking, recall
from troth.recommend.gram import Row
from troth.recommend.live import Frozen
from troth.recommend.serve import scores, spread
from troth.recommend.solve import invert, weights

SPLIT = Path(__file__).parents[3] / "shared" / "data" / "online_retail_split"
ITEMS = 3145

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def part(name: str) -> dict[int, Row]:
    from pyarrow import parquet

    path = SPLIT / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"the data set is missing: {path}")
    table = parquet.read_table(path, columns=["user_idx", "item_idx"])
    users, items = table["user_idx"].to_numpy(), table["item_idx"].to_numpy()
    order = np.lexsort((items, users))
    numbers, starts = np.unique(users[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(items[order].astype(np.int32), starts[1:]), strict=True))


@pytest.mark.parametrize(
    ("role", "keep", "figures"),
    [
        ("test", ITEMS, (0.3603, 0.4620, 0.3756)),
        ("test", 200, (0.3648, 0.4780, 0.3873)),
        ("test", 50, (0.3619, 0.4792, 0.3908)),
        ("validation", 50, (0.3608, 0.4579, 0.3901)),
    ],
)
def test_the_engine_gives_the_figures_of_the_readme(
    role: str, keep: int, figures: tuple[float, float, float]
) -> None:
    found = measured(role, Frozen(ridge=100.0, keep=keep, support=0, damping=0.0))
    assert found == pytest.approx(figures, abs=0.0001)


def test_the_settings_of_new_epochs_are_better_than_plain_ease_on_the_test_customers() -> None:
    assert measured("test", Frozen()) == pytest.approx((0.3777, 0.4842, 0.3931), abs=0.0001)


def measured(role: str, frozen: Frozen) -> tuple[float, float, float]:
    """Return Recall@20, Recall@50 and NDCG@100 of the held-out customers of `role`."""
    counts = gram_of(part("train").values(), ITEMS).counts
    model = weights(
        invert(counts, frozen.ridge), counts, keep=frozen.keep, support=frozen.support, damping=frozen.damping
    )
    given_items, targets = part(f"{role}_fold_in"), part(f"{role}_target")
    rows = []
    for customer, own in given_items.items():
        ranked = ranking(scores(spread(model, own)), own, 100)
        target = targets[customer]
        rows.append((recall(ranked, target, 20), recall(ranked, target, 50), ndcg(ranked, target)))
    recall20, recall50, ndcg100 = np.mean(rows, axis=0).tolist()
    return recall20, recall50, ndcg100
