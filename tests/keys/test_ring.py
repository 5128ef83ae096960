from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.tables import every_byte, open_ring, open_store
from troth.errors import UnavailableError
from troth.keys.ring import KeyGoneError


def test_what_is_sealed_opens_for_the_same_customer_kind_and_row(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    sealed = ring.seal(1, "orders", b"secret", bound_to=b"row")
    assert b"secret" not in sealed
    assert ring.open(1, "orders", sealed, bound_to=b"row") == b"secret"


@pytest.mark.parametrize(
    ("customer", "kind", "row"),
    [(2, "orders", b"row"), (1, "email", b"row"), (1, "orders", b"other")],
    ids=["another customer", "another kind", "another row"],
)
def test_what_was_moved_does_not_open(tmp_path: Path, customer: int, kind: str, row: bytes) -> None:
    ring = open_ring(tmp_path)
    sealed = ring.seal(1, "orders", b"secret", bound_to=b"row")
    ring.ensure([(2, "orders"), (1, "email")])
    with pytest.raises(KeyGoneError):
        ring.open(customer, kind, sealed, bound_to=row)


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    sealed = ring.seal(1, "orders", b"secret", bound_to=b"row")
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(KeyGoneError):
            ring.open(1, "orders", bytes(changed), bound_to=b"row")


def test_two_kinds_of_one_customer_have_two_keys_and_destroying_spares_what_is_kept(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    orders = ring.seal(1, "orders", b"o", bound_to=b"")
    email = ring.seal(1, "email", b"e", bound_to=b"")
    other = ring.seal(2, "email", b"f", bound_to=b"")
    assert ring.destroy(1, keep=["orders"]) == 1
    assert ring.open(1, "orders", orders, bound_to=b"") == b"o"
    assert ring.open(2, "email", other, bound_to=b"") == b"f"
    with pytest.raises(KeyGoneError):
        ring.open(1, "email", email, bound_to=b"")


def test_a_destroyed_key_is_gone_for_a_new_process_too(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    sealed = ring.seal(1, "orders", b"o", bound_to=b"")
    ring.destroy(1)
    with pytest.raises(KeyGoneError):
        open_ring(tmp_path).open(1, "orders", sealed, bound_to=b"")


def test_two_processes_agree_on_the_key_of_a_new_customer(tmp_path: Path) -> None:
    one, other = open_ring(tmp_path), open_ring(tmp_path)
    sealed = one.seal(1, "orders", b"o", bound_to=b"")
    assert other.open(1, "orders", other.seal(1, "orders", b"p", bound_to=b""), bound_to=b"") == b"p"
    assert other.open(1, "orders", sealed, bound_to=b"") == b"o"
    assert one.named("index") == other.named("index") == open_ring(tmp_path).named("index")


def test_without_the_master_key_nothing_starts_and_none_is_invented(tmp_path: Path) -> None:
    open_ring(tmp_path).seal(1, "orders", b"o", bound_to=b"")
    (tmp_path / "master.key").unlink()
    with pytest.raises(UnavailableError, match="can't be read"):
        open_ring(tmp_path)
    assert not (tmp_path / "master.key").exists()


@pytest.mark.sqlite
def test_the_key_file_holds_no_key_in_clear(tmp_path: Path) -> None:
    ring = open_ring(tmp_path)
    index = ring.named("index")
    ring.seal(1, "orders", b"o", bound_to=b"")
    assert index not in every_byte(tmp_path)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=2000), st.binary(max_size=40))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, plaintext: bytes, row: bytes) -> None:
    ring = open_ring(tmp_path_factory.mktemp("ring"))
    assert ring.open(7, "k", ring.seal(7, "k", plaintext, bound_to=row), bound_to=row) == plaintext


@pytest.mark.sqlite
def test_a_destroyed_key_stands_in_no_file_also_while_another_process_has_it_open(tmp_path: Path) -> None:
    ring, other = open_ring(tmp_path), open_ring(tmp_path)
    other.seal(2, "orders", b"o", bound_to=b"")
    ring.seal(1, "orders", b"o", bound_to=b"")
    found = open_store(tmp_path).find_one(1, "orders")
    assert found is not None
    assert found[1] in every_byte(tmp_path)
    ring.destroy(1)
    assert found[1] not in every_byte(tmp_path)


def test_nothing_is_sealed_with_a_key_that_another_process_destroyed(tmp_path: Path) -> None:
    ring, other = open_ring(tmp_path), open_ring(tmp_path)
    ring.seal(1, "orders", b"before", bound_to=b"")
    other.destroy(1)
    ring.ensure([(1, "orders")])
    sealed = ring.seal(1, "orders", b"after", bound_to=b"")
    assert open_ring(tmp_path).open(1, "orders", sealed, bound_to=b"") == b"after"


def test_more_customers_than_are_remembered_can_be_sealed_for_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("troth.keys.ring._REMEMBERED", 5)
    ring = open_ring(tmp_path)
    ring.ensure([(number, "orders") for number in range(1, 4)])
    pairs = [(number, "orders") for number in range(1, 21)]
    ring.ensure(pairs)
    sealed = {pair: ring.seal(*pair, b"o", bound_to=b"") for pair in pairs}
    fresh = open_ring(tmp_path)
    assert all(fresh.open(*pair, one, bound_to=b"") == b"o" for pair, one in sealed.items())
