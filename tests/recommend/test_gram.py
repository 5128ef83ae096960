import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend.worlds import checkerboard, gram_of, rows_of, shops
from troth.recommend.gram import Epoch, Gram, Row, as_row, digest

FORMAT = Path(__file__).parents[2] / "docs" / "formats" / "statistic.md"


def written_from_the_page(items: list[str], rows: list[set[int]]) -> str:
    listed = json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()
    text = b"troth-statistic/1\n" + struct.pack("<Q", len(items)) + hashlib.sha256(listed).digest()
    for first in range(len(items)):
        for second in range(first, len(items)):
            text += struct.pack("<q", sum(first in row and second in row for row in rows))
    return hashlib.sha256(text).hexdigest()


def vectors() -> list[tuple[list[str], list[set[int]], str]]:
    found = []
    for line in FORMAT.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"\| `(\[.*\])` \| (.*) \| `([0-9a-f]{64})` \|", line)
        if match:
            rows = [set(map(int, row.split(","))) for row in re.findall(r"\{([0-9,]+)\}", match[2])]
            found.append((json.loads(match[1]), rows, match[3]))
    return found


def test_the_statistic_counts_each_pair_of_items() -> None:
    gram = gram_of(rows_of(3, {0, 2}, {2}, {0, 1, 2}), 3)
    assert gram.counts.tolist() == [[2, 1, 2], [1, 1, 1], [2, 1, 3]]
    assert gram.popularity.tolist() == [2, 1, 3]


@settings(deadline=None)
@given(shops(), st.randoms(use_true_random=False))
def test_the_order_of_customers_does_not_matter(shop: tuple[int, list[Row]], random: object) -> None:
    size, rows = shop
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands in a random.Random
    assert gram_of(rows, size).counts.tobytes() == gram_of(shuffled, size).counts.tobytes()


@settings(deadline=None)
@given(shops(), st.data())
def test_what_was_added_and_subtracted_leaves_no_trace(shop: tuple[int, list[Row]], data: st.DataObject) -> None:
    size, rows = shop
    leaving = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    gram = gram_of(rows, size)
    gram.subtract(row for row, leaves in zip(rows, leaving, strict=True) if leaves)
    rebuilt = gram_of((row for row, leaves in zip(rows, leaving, strict=True) if not leaves), size)
    items = tuple(f"{place:02d}" for place in range(size))
    assert gram.counts.tobytes() == rebuilt.counts.tobytes()
    assert digest(gram.counts, items) == digest(rebuilt.counts, items)


def test_a_statistic_that_was_not_updated_has_another_digest() -> None:
    rows = checkerboard()
    items = tuple(f"{place:02d}" for place in range(12))
    ghost, rebuilt = gram_of(rows, 12), gram_of(rows[1:], 12)
    assert digest(ghost.counts, items) != digest(rebuilt.counts, items)


def test_a_row_that_was_never_added_is_not_subtracted() -> None:
    gram = gram_of(rows_of(3, {0, 2}), 3)
    before = gram.counts.copy()
    with pytest.raises(ValueError, match="never added"):
        gram.subtract(rows_of(3, {0, 1}))
    assert np.array_equal(gram.counts, before)


@pytest.mark.parametrize("row", [[2, 1], [1, 1], [-1, 0], [0, 3]])
def test_what_is_no_row_is_refused(row: list[int]) -> None:
    gram = Gram(3)
    with pytest.raises(ValueError, match="strictly ascending"):
        gram.add([np.array(row, dtype=np.int32)])
    assert not gram.counts.any()


def test_a_row_is_sorted_and_holds_an_item_once() -> None:
    assert as_row([4, 0, 4, 2], size=5).tolist() == [0, 2, 4]
    assert as_row([], size=5).tolist() == []
    with pytest.raises(ValueError, match="from 0 to 4"):
        as_row([5], size=5)


def test_the_page_of_the_format_has_vectors_that_hold() -> None:
    found = vectors()
    assert len(found) >= 4
    for items, rows, expected in found:
        assert written_from_the_page(items, rows) == expected
        gram = gram_of([as_row(row, size=len(items)) for row in rows], len(items))
        assert digest(gram.counts, tuple(items)).hex() == expected


def test_a_digest_names_its_item_list() -> None:
    counts = gram_of(rows_of(2, {0, 1}), 2).counts
    assert digest(counts, ("a", "b")) != digest(counts, ("a", "c"))
    with pytest.raises(ValueError, match="differ in length"):
        digest(counts, ("a",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"items": ("b", "a")},
        {"items": ("a", "a")},
        {"ridge": 0.0},
        {"ridge": float("nan")},
        {"ridge": float("inf")},
        {"keep": 0},
        {"support": -1},
        {"damping": -0.1},
        {"damping": 1.1},
    ],
)
def test_an_epoch_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"number": 1, "items": ("a", "b"), "ridge": 1.0, "keep": 1, "support": 0, "damping": 0.0}
    Epoch(**right)
    with pytest.raises(ValueError, match=r"epoch|sorted|ridge|damping"):
        Epoch(**right | wrong)
