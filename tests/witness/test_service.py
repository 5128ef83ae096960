"""A witness signs one history and no other, whatever it is asked, and in whatever state its folder is."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.logs import LATER_LOG, LOG, WITNESS, pair
from troth.clock import FixedClock
from troth.errors import InputError, UnavailableError
from troth.ledger.add_checkpoint import Asked, as_request
from troth.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from troth.ledger.note import Kind, Line, Note, open_note, read_key, read_note, sign_note, with_line
from troth.ledger.tree import EMPTY_ROOT
from troth.witness.memory import name_of
from troth.witness.model import RefusedError
from troth.witness.service import KEY_FILE, Witness, make_witness
from witness.growing import AT, NAME, ONE, ORIGIN, OTHER, SECOND, SHARED, Growing, witness_in


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def witness(tmp_path: Path, clock: FixedClock) -> Witness:
    return witness_in(tmp_path / "w", clock)


def refused(witness: Witness, body: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        witness.add_checkpoint(body)
    return caught.value


def outcome(witness: Witness, body: bytes) -> str:
    """Return what came of a request, in a word."""
    try:
        witness.add_checkpoint(body)
    except RefusedError as found:
        return f"refused, knows {found.size}"
    except UnavailableError as error:
        return error.code
    return "signed"


def size_known(witness: Witness) -> int:
    (seen,) = witness.seen()
    return seen.known.size


def holds(witness: Witness, note: str, line: Line) -> int:
    """Return the time that the signature line says; it must be the witness's over the note."""
    opened = open_note(read_note(with_line(note, line)), [witness.key])
    return opened.times[witness.key]


def test_a_log_that_grows_is_signed_step_by_step(witness: Witness, clock: FixedClock) -> None:
    for old, size in [(0, 1), (1, 1), (1, 4), (4, 5), (5, 64), (64, 100), (100, 100)]:
        line = witness.add_checkpoint(ONE.request(old, size))
        assert holds(witness, ONE.note(size), line) == SECOND
        assert size_known(witness) == size
    clock.at += timedelta(seconds=9)
    assert holds(witness, ONE.note(100), witness.add_checkpoint(ONE.request(100, 100))) == SECOND + 9


def test_the_key_is_a_witnesses_and_the_name_its_own(witness: Witness) -> None:
    assert read_key(witness.key.written) == witness.key
    assert (witness.key.name, witness.key.kind) == (NAME, Kind.COSIGNATURE)


def test_an_empty_log_is_signed_with_the_root_of_the_empty_tree_alone(witness: Witness) -> None:
    for root, status in [(bytes(32), HTTPStatus.UNPROCESSABLE_ENTITY), (EMPTY_ROOT, None)]:
        note = sign_checkpoint(Checkpoint(ORIGIN, 0, root), LOG.key, LOG.sign)
        body = as_request(Asked(0, (), note))
        if status is None:
            assert holds(witness, note, witness.add_checkpoint(body)) == SECOND
        else:
            assert refused(witness, body).status is status
    witness.add_checkpoint(ONE.request(0, 3))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 0\n",
        b"old 0\n\n",
        b"old 00\n\n" + ONE.note(3).encode(),
        b"old -1\n\n" + ONE.note(3).encode(),
        b"new 0\n\n" + ONE.note(3).encode(),
        b"old 0\r\n\r\n" + ONE.note(3).encode(),
        b"old 0\n\n" + ONE.note(3).encode() + b"\xff",
        b"old 0\n\n" + ONE.note(3).encode()[:-1],
        b"old 2\nAAAA\n\n" + ONE.note(3).encode(),
        ONE.request(1, 3).replace(b"old 1", b"old 4"),
        as_request(Asked(0, (bytes(32),) * 64, ONE.note(3))),
        as_request(Asked(0, (), str(sign_note("one line\n", LOG.key, LOG.sign)))),
    ],
)
def test_what_is_no_request_is_400(witness: Witness, body: bytes) -> None:
    assert refused(witness, body).status is HTTPStatus.BAD_REQUEST
    assert size_known(witness) == 0


def test_another_log_is_404_and_another_key_of_it_403(witness: Witness) -> None:
    other = Growing(signer=pair("log 1", "other.example/log"))
    assert refused(witness, other.request(0, 3)).status is HTTPStatus.NOT_FOUND
    assert refused(witness, Growing(signer=LATER_LOG).request(0, 3)).status is HTTPStatus.FORBIDDEN
    broken = ONE.note(3).replace("\n3\n", "\n4\n")
    assert refused(witness, as_request(Asked(0, (), broken))).status is HTTPStatus.FORBIDDEN


def test_signatures_of_others_are_passed_over_and_not_kept(witness: Witness) -> None:
    text = read_note(ONE.note(3)).text
    note = with_line(ONE.note(3), sign_note(text, WITNESS.key, WITNESS.sign))
    line = witness.add_checkpoint(as_request(Asked(0, (), note)))
    assert witness.latest(name_of(ORIGIN)) == with_line(ONE.note(3), line)


def test_another_size_than_the_last_is_409_and_told(witness: Witness) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    for old, size in [(0, 9), (3, 9), (6, 9), (8, 9), (0, 7), (3, 3), (0, 3)]:
        found = refused(witness, ONE.request(old, size))
        assert (found.status, found.size) == (HTTPStatus.CONFLICT, 7)
    assert size_known(witness) == 7


def test_another_history_is_422_and_two_roots_of_one_size_are_kept_as_proof(witness: Witness) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    assert refused(witness, OTHER.request(7, 9)).status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.seen()[0].fork is None
    assert refused(witness, OTHER.request(7, 7)).status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert size_known(witness) == 7
    fork = witness.seen()[0].fork
    assert fork is not None
    kept = fork.read_text("utf-8")
    assert kept == f"{ONE.note(7)}\n{OTHER.note(7)}"
    # The first proof stays; the log that went on as before is still signed.
    refused(witness, Growing("a third").request(7, 7))
    witness.add_checkpoint(ONE.request(7, 9))
    assert fork.read_text("utf-8") == kept


@pytest.mark.parametrize("old", [0, 3, 7])
def test_a_fork_is_seen_whatever_old_size_is_named(witness: Witness, old: int) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    assert refused(witness, OTHER.request(old, 7)).status >= HTTPStatus.CONFLICT
    assert witness.seen()[0].fork is not None


def test_a_proof_from_nothing_or_a_wrong_one_is_422(witness: Witness) -> None:
    body = as_request(Asked(0, (bytes(32),), ONE.note(7)))
    assert refused(witness, body).status is HTTPStatus.UNPROCESSABLE_ENTITY
    witness.add_checkpoint(ONE.request(0, 7))
    proof = ONE.proof(7, 9)
    for wrong in [(), proof[:-1], (*proof, bytes(32)), tuple(reversed(proof)), (bytes(32), *proof[1:])]:
        body = as_request(Asked(7, wrong, ONE.note(9)))
        assert refused(witness, body).status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused(witness, as_request(Asked(7, proof, ONE.note(7)))).status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert size_known(witness) == 7


@given(st.lists(st.tuples(st.sampled_from([ONE, OTHER]), st.integers(0, 12), st.integers(1, 12)), max_size=25))
def test_whatever_is_asked_there_is_one_history_and_no_way_back(
    tmp_path_factory: pytest.TempPathFactory, asks: list[tuple[Growing, int, int]]
) -> None:
    witness = witness_in(tmp_path_factory.mktemp("w") / "w")
    signed: list[tuple[Growing, Checkpoint]] = []
    for log, old, size in asks:
        try:
            line = witness.add_checkpoint(log.request(old, size))
        except RefusedError:
            continue
        holds(witness, log.note(size), line)
        signed.append((log, open_checkpoint(log.note(size))[0]))
    sizes = [head.size for _, head in signed]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == len({(head.size, head.root) for _, head in signed})
    assert len({log for log, head in signed if head.size > SHARED}) <= 1


def test_the_time_never_goes_back_over_all_logs(tmp_path: Path) -> None:
    clock = FixedClock(AT)
    second = Growing(signer=pair("log 3", "other.example/log"))
    make_witness(tmp_path / "w", NAME, [LOG.key, second._signer.key])
    witness = Witness(tmp_path / "w", clock)
    witness.add_checkpoint(ONE.request(0, 3))
    clock.at -= timedelta(seconds=1)
    for body in (ONE.request(3, 4), second.request(0, 1)):
        with pytest.raises(UnavailableError, match="clock"):
            witness.add_checkpoint(body)
    clock.at += timedelta(seconds=1)
    assert holds(witness, ONE.note(4), witness.add_checkpoint(ONE.request(3, 4))) == SECOND
    assert holds(witness, second.note(1), witness.add_checkpoint(second.request(0, 1))) == SECOND


def test_a_machine_without_a_clock_signs_nothing(tmp_path: Path) -> None:
    witness = witness_in(tmp_path / "w", FixedClock(AT.replace(year=1970, month=1, day=1, hour=0)))
    with pytest.raises(UnavailableError, match="clock"):
        witness.add_checkpoint(ONE.request(0, 3))
    assert witness.latest(name_of(ORIGIN)) is None


def test_the_last_checkpoint_is_told_with_the_signature_that_was_given(witness: Witness, clock: FixedClock) -> None:
    assert witness.latest(name_of(ORIGIN)) is None
    line = witness.add_checkpoint(ONE.request(0, 7))
    clock.at += timedelta(days=1)
    assert witness.latest(name_of(ORIGIN)) == with_line(ONE.note(7), line)
    for odd in ("", "..", "../" + KEY_FILE, "0" * 64, name_of(ORIGIN).upper()):
        assert witness.latest(odd) is None


def test_a_log_whose_key_changed_goes_on_where_it_was(witness: Witness) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    later = Growing(signer=LATER_LOG)
    assert refused(witness, later.request(7, 9)).status is HTTPStatus.FORBIDDEN
    witness.trust([LATER_LOG.key, LATER_LOG.key])
    assert len(witness.seen()[0].known.keys) == 2
    assert refused(witness, later.request(0, 9)).size == 7
    witness.add_checkpoint(later.request(7, 9))
    witness.add_checkpoint(ONE.request(9, 10))


def test_a_log_may_have_another_first_line_than_its_key(tmp_path: Path) -> None:
    make_witness(tmp_path / "w", NAME, [LOG.key], "the tree of a log")
    witness = Witness(tmp_path / "w", FixedClock(AT))
    assert refused(witness, ONE.request(0, 3)).status is HTTPStatus.NOT_FOUND
    text = Checkpoint("the tree of a log", 0, EMPTY_ROOT).text
    note = str(Note(text, (sign_note(text, LOG.key, LOG.sign),)))
    line = witness.add_checkpoint(as_request(Asked(0, (), note)))
    assert witness.latest(name_of("the tree of a log")) == with_line(note, line)
    witness.trust([LATER_LOG.key], "the tree of a log")
    assert [len(one.known.keys) for one in witness.seen()] == [2]
    for odd in ("two\nlines", "\x1b", "\u2028"):
        with pytest.raises(InputError, match="one line"):
            witness.trust([LATER_LOG.key], odd)


def test_what_is_no_log_is_not_taken(tmp_path: Path, witness: Witness) -> None:
    with pytest.raises(InputError, match="key of a witness"):
        witness.trust([WITNESS.key])
    with pytest.raises(InputError, match="key of a witness"):
        make_witness(tmp_path / "v", NAME, [WITNESS.key])
    for name in ("", "A b", "witness+1", "https://witness.example"):
        with pytest.raises(InputError, match="web address"):
            make_witness(tmp_path / "v", name, [LOG.key])


def test_a_witness_is_made_once(tmp_path: Path, witness: Witness) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    with pytest.raises(InputError, match="witness already"):
        make_witness(tmp_path / "w", NAME, [LOG.key])
    assert Witness(tmp_path / "w", FixedClock(AT)).key == witness.key
    assert size_known(witness) == 7


def test_a_memory_that_is_gone_is_an_unknown_log_and_a_damaged_one_stops_the_witness(
    tmp_path: Path, witness: Witness
) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    (file,) = (tmp_path / "w" / "logs").iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), 7):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        # A changed figure of the time is a memory like any other.
        is_time = whole[at : at + 1].isdigit() and at < whole.index(b",")
        expected = "refused, knows 7" if is_time else "witness_memory_damaged"
        assert outcome(witness, ONE.request(0, 7)) == expected, at
    file.write_bytes(whole[:-1])
    with pytest.raises(UnavailableError, match="damaged"):
        witness.add_checkpoint(ONE.request(7, 9))
    file.write_bytes(whole)
    witness.add_checkpoint(ONE.request(7, 9))
    file.unlink()
    assert refused(witness, ONE.request(0, 7)).status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EACCES])
def test_a_disk_that_fails_means_no_signature_and_no_way_back(
    tmp_path: Path, witness: Witness, monkeypatch: pytest.MonkeyPatch, call: str, reason: int
) -> None:
    witness.add_checkpoint(ONE.request(0, 7))
    really: Callable[..., Any] = getattr(os, call)
    left, found = 0, ""
    while found not in {"signed", "refused, knows 9"}:
        counted = iter(range(1000))

        def failing(*arguments: Any, counted: Iterator[int] = counted, left: int = left, **named: Any) -> Any:
            if next(counted) == left:
                raise OSError(reason, os.strerror(reason))
            return really(*arguments, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            found = outcome(witness, ONE.request(7, 9))
        # Where the failure came after the new state had its place, the larger size is known from then on.
        assert found in {
            "signed",
            "refused, knows 9",
            "witness_disk_full" if reason == errno.ENOSPC else "witness_folder",
        }
        left += 1
    assert left > 1
    known = size_known(Witness(tmp_path / "w", FixedClock(AT)))
    assert known in {7, 9}
    assert refused(witness, OTHER.request(known, 9)).status is HTTPStatus.UNPROCESSABLE_ENTITY
    witness.add_checkpoint(ONE.request(known, 9))


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_witness_that_was_half_made_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    really: Callable[..., Any] = getattr(os, call)
    made, left = False, 0
    while not made:
        counted = iter(range(1000))

        def failing(*arguments: Any, counted: Iterator[int] = counted, left: int = left, **named: Any) -> Any:
            if next(counted) == left:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return really(*arguments, **named)

        home = tmp_path / str(left)
        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            try:
                make_witness(home, NAME, [LOG.key, LATER_LOG.key])
                made = True
            except UnavailableError:
                pass
        # Either there is no key yet and it is made now, or the key was the last that was written.
        if not (home / KEY_FILE).exists():
            make_witness(home, NAME, [LOG.key, LATER_LOG.key])
        witness = Witness(home, FixedClock(AT))
        assert len(witness.seen()[0].known.keys) == 2
        witness.add_checkpoint(ONE.request(0, 3))
        left += 1
    assert left > 1


def test_the_new_state_is_on_the_disk_before_anything_is_signed(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def told(owner: object, name: str) -> None:
        really: Callable[..., Any] = getattr(owner, name)

        def telling(*arguments: Any, **named: Any) -> Any:
            result = really(*arguments, **named)
            order.append(name)
            return result

        monkeypatch.setattr(owner, name, telling)

    for name in ("write", "fsync", "replace"):
        told(os, name)
    told(witness._signer, "sign")
    witness.add_checkpoint(ONE.request(0, 7))
    assert order == ["write", "fsync", "replace", "fsync", "sign"]
    # Also when the last one is told again: whoever wrote it may have died before its name was durable.
    order.clear()
    witness.latest(name_of(ORIGIN))
    assert order == ["fsync", "sign"]


def test_many_at_once_end_in_one_history(tmp_path: Path) -> None:
    witness_in(tmp_path / "w")
    signed: list[tuple[int, bytes]] = []

    def go(log: Growing) -> None:
        witness = Witness(tmp_path / "w", FixedClock(AT))
        for size in range(1, 20):
            for old in range(size + 1):
                try:
                    witness.add_checkpoint(log.request(old, size))
                except RefusedError:
                    continue
                signed.append((size, open_checkpoint(log.note(size))[0].root))

    threads = [threading.Thread(target=go, args=[log]) for log in (ONE, OTHER, ONE, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({size for size, _ in signed}) == len(set(signed))
    assert size_known(Witness(tmp_path / "w", FixedClock(AT))) == max(size for size, _ in signed) == 19
