"""The map of heads: one place, one head, and a proof of it or of nothing."""

from hashlib import sha256
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.ledger.heads import (
    EMPTY,
    Head,
    MapProof,
    Part,
    head_of,
    joined,
    part_of,
    place_of,
    prove,
    prove_in,
    shows,
    shows_nothing,
    whole,
)

streams = st.lists(st.integers(0, 10**6), unique=True, max_size=60)
# Places that share many first bits, as real ones never do.
near = st.lists(st.integers(0, 255), unique=True, max_size=40)


def _head(number: int) -> Head:
    stream = sha256(b"%d" % number).digest()
    return head_of(stream, number + 1, sha256(stream).digest())


def _near(number: int) -> Head:
    return Head(bytes(31) + bytes([number]), sha256(b"%d" % number).digest())


def _map(heads: list[Head]) -> list[Head]:
    return sorted(heads, key=attrgetter("place"))


def defined(heads: list[Head], depth: int = 0) -> bytes:
    """The root as the module tells it, bit by bit."""
    if not heads:
        return bytes(32)
    if len(heads) == 1:
        return sha256(b"\x02" + heads[0].place + heads[0].commitment).digest()
    halves: tuple[list[Head], list[Head]] = ([], [])
    for head in heads:
        halves[int(f"{int.from_bytes(head.place, 'big'):0256b}"[depth])].append(head)
    return sha256(b"\x03" + defined(halves[0], depth + 1) + defined(halves[1], depth + 1)).digest()


@given(
    streams.map(lambda numbers: [_head(n) for n in numbers]) | near.map(lambda numbers: [_near(n) for n in numbers])
)
def test_every_stream_is_shown_to_have_its_head_and_no_other(heads: list[Head]) -> None:
    ordered = _map(heads)
    root = part_of(ordered).hash
    assert root == defined(heads)
    for head in ordered:
        proof = prove(ordered, head.place)
        assert shows(root, head, proof)
        assert not shows_nothing(root, head.place, proof)
        assert not shows(root, Head(head.place, bytes(32)), proof)
        assert not shows(EMPTY, head, proof)


@given(streams, st.integers(10**6 + 1, 10**7))
def test_of_a_stream_that_is_not_there_it_is_shown_that_it_is_not(numbers: list[int], absent: int) -> None:
    heads, head = _map([_head(n) for n in numbers]), _head(absent)
    root, proof = part_of(heads).hash, prove(heads, head.place)
    assert shows_nothing(root, head.place, proof)
    assert not shows(root, head, proof)
    assert not shows(root, head, MapProof(proof.path))
    for other in heads:
        assert not shows_nothing(root, other.place, proof)
        assert not shows_nothing(root, other.place, MapProof(proof.path, other))


@given(streams.filter(lambda numbers: len(numbers) > 1), st.data())
def test_a_proof_with_one_changed_bit_shows_nothing(numbers: list[int], data: st.DataObject) -> None:
    heads = _map([_head(n) for n in numbers])
    root = part_of(heads).hash
    head = data.draw(st.sampled_from(heads))
    proof = prove(heads, head.place)
    at, bit = data.draw(st.integers(0, len(proof.path) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(proof.path[at])
    changed[bit // 8] ^= 1 << bit % 8
    path = (*proof.path[:at], bytes(changed), *proof.path[at + 1 :])
    assert not shows(root, head, MapProof(path))
    assert not shows(root, head, MapProof(proof.path[1:]))
    assert not shows(root, head, MapProof((*proof.path, EMPTY)))


def test_an_empty_map_and_a_map_of_one() -> None:
    head = _head(1)
    assert part_of([]) == Part() == Part(EMPTY, 0)
    assert part_of([head]) == Part(head.hash, 1)
    assert shows_nothing(EMPTY, head.place, MapProof(()))
    assert shows(head.hash, head, MapProof(()))
    assert shows_nothing(head.hash, _head(2).place, MapProof((), head))
    assert not shows_nothing(head.hash, head.place, MapProof((), head))


@given(streams)
def test_a_map_is_the_parts_it_is_made_of(numbers: list[int]) -> None:
    heads = _map([_head(n) for n in numbers])
    quarters = [[one for one in heads if one.place[0] >> 6 == part] for part in range(4)]
    told = [part_of(quarter, 2) for quarter in quarters]
    assert joined(joined(told[0], told[1]), joined(told[2], told[3])) == part_of(heads)


@given(streams | st.lists(st.integers(0, 9), unique=True, max_size=3), st.integers(0, 6), st.integers(0, 10**6))
def test_proofs_of_a_map_kept_in_parts_are_those_of_the_whole(numbers: list[int], bits: int, asked: int) -> None:
    heads = _map([_head(n) for n in numbers])
    inside: list[list[Head]] = [[] for _ in range(1 << bits)]
    for one in heads:
        inside[int.from_bytes(one.place, "big") >> 256 - bits].append(one)
    parts = [part_of(part, bits) for part in inside]
    assert whole(parts) == part_of(heads)
    for place in [one.place for one in heads] + [_head(asked).place]:
        assert prove_in(parts, inside.__getitem__, place) == prove(heads, place)


@given(st.binary(max_size=33), st.binary(max_size=33), st.lists(st.binary(max_size=33), max_size=300))
def test_whatever_is_handed_in_the_answer_is_no_and_never_an_exception(
    root: bytes, place: bytes, path: list[bytes]
) -> None:
    assert not shows(root, Head(place, root), MapProof(tuple(path)))
    assert not shows_nothing(root, _head(1).place, MapProof(tuple(path))) or (root == EMPTY and not path)


def test_a_path_longer_than_a_place_has_bits_shows_nothing() -> None:
    head = _head(1)
    path = (EMPTY,) * 257
    assert not shows(head.hash, head, MapProof(path))
    assert not shows_nothing(head.hash, head.place, MapProof(path))
    assert not shows_nothing(head.hash, head.place, MapProof(path, _head(2)))
    assert not shows_nothing(head.hash, head.place, MapProof(path, head))


def test_what_shows_a_head_names_no_other() -> None:
    heads = _map([_head(n) for n in range(5)])
    root, proof = part_of(heads).hash, prove(heads, heads[0].place)
    assert shows(root, heads[0], proof)
    assert not shows(root, heads[0], MapProof(proof.path, heads[1]))


@pytest.mark.parametrize("number", [1, 2, 2**53 - 1])
def test_what_stands_in_the_map_is_bound_to_stream_number_and_head(number: int) -> None:
    stream, last = sha256(b"s").digest(), sha256(b"h").digest()
    head = head_of(stream, number, last)
    assert head.place == place_of(stream) == sha256(b"troth-stream/1\n" + stream).digest()
    expected = sha256(b"troth-head/1\n" + stream + number.to_bytes(8, "big") + last).digest()
    assert head.commitment == expected
