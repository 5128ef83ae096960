"""Proofs: all of the small ones, many of the larger, and none that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ledger.proof import consistency_proof, includes, inclusion_proof, is_consistent
from troth.ledger.spelling import SpellingError, from_base64
from troth.ledger.tree import EMPTY_ROOT, Tree, leaf_hash

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "merkle"
MOST = 300
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
TREE = Tree(LEAVES)
ROOTS = [TREE.root(size) for size in range(MOST + 1)]


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_leaf_of_every_tree_up_to_300_is_shown() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            path = inclusion_proof(TREE, index, size)
            assert includes(ROOTS[size], size, index, LEAVES[index], path), (index, size)


@pytest.mark.slow
def test_every_pair_of_trees_up_to_300_is_shown_to_be_one_log() -> None:
    for size in range(1, MOST + 1):
        for old in range(1, size + 1):
            path = consistency_proof(TREE, old, size)
            assert is_consistent(ROOTS[old], old, ROOTS[size], size, path), (old, size)


def test_every_proof_of_every_tree_up_to_20_shows_its_own_leaf_size_and_root_only() -> None:
    held = 0
    for size in range(1, 21):
        for index in range(size):
            path = inclusion_proof(TREE, index, size)
            for other_size in range(22):
                for other in range(-1, 21):
                    leaf = LEAVES[other]
                    is_own = (other, other_size) == (index, size)
                    assert includes(ROOTS[other_size], other_size, other, leaf, path) == is_own
                    assert includes(ROOTS[size], size, index, leaf, path) == (other == index)
                    # A root alone names its size; where the way up is the same, only the root tells sizes apart.
                    assert not includes(ROOTS[other_size], size, index, LEAVES[index], path) or other_size == size
                    held += is_own
    assert held == 20 * 21 // 2


def test_every_consistency_proof_of_every_tree_up_to_20_shows_its_own_pair_only() -> None:
    for size in range(1, 21):
        for old in range(1, size + 1):
            path = consistency_proof(TREE, old, size)
            for other_size in range(21):
                for other in range(21):
                    shown = is_consistent(ROOTS[other], other, ROOTS[other_size], other_size, path)
                    is_own = (other, other_size) == (old, size)
                    is_itself = other == other_size and not path and other > 0
                    assert shown == (is_own or is_itself), (old, size, other, other_size)


def test_a_leaf_beyond_the_size_is_never_shown_though_the_hashes_fit() -> None:
    # The root of two leaves, handed out as that of one.
    assert includes(ROOTS[2], 2, 1, LEAVES[1], [LEAVES[0]])
    assert not includes(ROOTS[2], 1, 1, LEAVES[1], [LEAVES[0]])
    assert not includes(ROOTS[1], 1, -1, LEAVES[0], [])
    # The same with a path that is longer than a tree of one leaf has.
    assert not includes(ROOTS[2], 1, 0, LEAVES[1], [LEAVES[0]])


@pytest.mark.parametrize(("old", "size"), [(3, 4), (5, 6), (6, 7), (6, 8)])
def test_trees_told_to_be_smaller_than_they_are_are_not_shown_though_the_hashes_fit(old: int, size: int) -> None:
    path = consistency_proof(TREE, 7, 8)
    assert is_consistent(ROOTS[7], 7, ROOTS[8], 8, path)
    assert not is_consistent(ROOTS[7], old, ROOTS[8], size, path)
    assert not is_consistent(ROOTS[1], 1, ROOTS[1], 2, [])


def test_what_is_no_hash_is_never_shown() -> None:
    assert includes(ROOTS[1], 1, 0, ROOTS[1], [])
    for root in (b"", ROOTS[1][:-1], ROOTS[1] + b"\0"):
        assert not includes(root, 1, 0, root, [])


sizes = st.integers(1, MOST)


@given(st.data(), sizes)
def test_a_proof_with_one_changed_bit_shows_nothing(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(TREE, index, size)
    parts = [LEAVES[index], ROOTS[size], *path]
    at, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[at] = _flipped(parts[at], bit)
    leaf, root, *changed = parts
    assert not includes(root, size, index, leaf, changed)


@given(st.data(), sizes)
def test_a_consistency_proof_with_one_changed_bit_shows_nothing(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    parts = [ROOTS[old], ROOTS[size], *consistency_proof(TREE, old, size)]
    at, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[at] = _flipped(parts[at], bit)
    old_root, root, *changed = parts
    assert not is_consistent(old_root, old, root, size, changed)


@given(st.data(), sizes)
def test_a_proof_that_is_longer_shorter_or_of_another_order_shows_nothing(data: st.DataObject, size: int) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    in_it, grown = inclusion_proof(TREE, index, size), consistency_proof(TREE, old, size)
    for other in _misspelled(in_it):
        assert not includes(ROOTS[size], size, index, LEAVES[index], other)
    for other in _misspelled(grown):
        assert not is_consistent(ROOTS[old], old, ROOTS[size], size, other)


def _misspelled(path: tuple[bytes, ...]) -> set[tuple[bytes, ...]]:
    others = {(*path, ROOTS[1]), (ROOTS[1], *path), path[1:], path[:-1], path[::-1], (*path, b""), (*path, *path)}
    return others - {path}


@given(
    st.binary(max_size=33),
    st.integers(-3, 2**70),
    st.integers(-3, 2**70),
    st.binary(max_size=33),
    st.lists(st.binary(max_size=33), max_size=70),
)
def test_whatever_is_handed_in_the_answer_is_no_and_never_an_exception(
    root: bytes, one: int, other: int, leaf: bytes, path: list[bytes]
) -> None:
    assert not includes(root, one, other, leaf, path) or (other == 0 and one == 1 and root == leaf)
    assert not is_consistent(root, one, leaf, other, path) or (one == other and root == leaf)


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 1), (2, 1), (-1, 1)])
def test_between_other_sizes_there_is_no_proof(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(TREE, old, size)
    assert not is_consistent(EMPTY_ROOT, old, ROOTS[1], size, [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1)])
def test_of_a_leaf_that_is_not_there_there_is_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(TREE, index, size)


def _cases(kind: str) -> list[dict[str, Any]]:
    folder = SHARED / kind
    if not folder.is_dir():
        pytest.skip(f"missing: vectors/merkle/{kind}, the proofs of transparency-dev/merkle")
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("*.json"))]


def _hash(text: str) -> bytes:
    try:
        return from_base64(text, "a hash")
    except SpellingError:
        return b""


@pytest.mark.shared
def test_inclusion_as_transparency_dev_decides_it() -> None:
    cases = _cases("inclusion")
    for case in cases:
        path = [_hash(one) for one in case["proof"] or []]
        shown = includes(_hash(case["root"]), case["treeSize"], case["leafIdx"], _hash(case["leafHash"]), path)
        assert shown == (not case["wantErr"]), case["desc"]
    assert (len(cases), sum(case["wantErr"] for case in cases)) == (98, 92)


@pytest.mark.shared
def test_consistency_as_transparency_dev_decides_it() -> None:
    cases = _cases("consistency")
    for case in cases:
        path = [_hash(one) for one in case["proof"] or []]
        shown = is_consistent(_hash(case["root1"]), case["size1"], _hash(case["root2"]), case["size2"], path)
        assert shown == (not case["wantErr"]), case["desc"]
    assert (len(cases), sum(case["wantErr"] for case in cases)) == (98, 92)
