"""What an outsider runs: it takes what is true, and names the step at which anything else fails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.logs import (
    ANNA,
    BEN,
    LATER_LOG,
    LOG,
    NOW,
    ORIGIN,
    OTHER_WITNESS,
    TRUST,
    WITNESS,
    WITNESSED_AT,
    SmallLog,
    filled,
    pair,
)
from ledger.mutations import every_byte, every_line
from troth.canonical import JSON, canonical_json
from troth.ledger.bundle import Bundle, Last, as_json
from troth.ledger.checkpoint import Checkpoint, sign_checkpoint
from troth.ledger.heads import MapProof, place_of, prove
from troth.ledger.leaf import COMPANY, HEADS, Statement, leaf_of, read_statement, sign_statement
from troth.ledger.note import cosign, sign_note, with_line
from troth.ledger.proof import inclusion_proof
from troth.ledger.receipt import Logged, Receipt, as_tlog_proof
from troth.ledger.sigstore import as_bundle
from troth.ledger.spelling import to_base64
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import Group, LogKey, Trust
from troth.ledger.verify import WORDS, Form, Report, Step, verify

SMALL = filled((WITNESS,))
WITNESSED = replace(TRUST, witnesses=(WITNESS.key,), quorum=Group(1, (WITNESS.key,)))
RECEIPT = SMALL.receipt(3)
FILES = {
    Form.TLOG_PROOF: as_tlog_proof(RECEIPT),
    Form.SIGSTORE: as_bundle(RECEIPT, LOG.key),
    Form.BUNDLE: as_json(SMALL.bundle(ANNA)),
}
RECEIPT_STEPS = tuple(Step)[:7]


@pytest.mark.parametrize("form", FILES)
def test_what_is_true_holds_step_by_step(form: Form) -> None:
    report = verify(FILES[form], WITNESSED)
    assert report.holds
    assert report.form is form
    assert report.why == ""
    assert report.passed == (tuple(Step) if form is Form.BUNDLE else RECEIPT_STEPS)
    assert report.witnesses == {WITNESS.key: WITNESSED_AT}
    assert report.checkpoint == Checkpoint(ORIGIN, SMALL.tree.size, SMALL.tree.root())
    expected = ["choice_made", "read", "machine_use"] if form is Form.BUNDLE else ["read"]
    assert [one.statement.kind for one in report.entries] == expected


def test_a_bundle_says_how_far_the_map_reaches() -> None:
    report = verify(FILES[Form.BUNDLE], WITNESSED)
    assert (report.covered, report.gone, len(report.entries), report.as_of) == (2, 0, 3, NOW)


def test_every_entry_has_a_receipt_that_holds() -> None:
    for index in range(SMALL.tree.size):
        receipt = SMALL.receipt(index)
        for data in (as_tlog_proof(receipt), as_bundle(receipt, LOG.key)):
            report = verify(data, WITNESSED)
            assert report.holds
            assert [one.index for one in report.entries] == [index]
            assert (report.covered, report.gone, report.as_of) == (None, 0, None)


@pytest.mark.slow
@pytest.mark.parametrize("form", FILES)
def test_not_one_changed_byte_is_accepted(form: Form) -> None:
    tried = 0
    for changed in every_byte(FILES[form]):
        tried += 1
        report = verify(changed, WITNESSED)
        assert not report.holds
        assert report.why
    assert tried > 4 * len(FILES[form])


def test_lines_left_out_doubled_or_moved_are_not_accepted_but_for_the_order_of_signatures() -> None:
    held = [changed for changed in every_line(FILES[Form.TLOG_PROOF]) if verify(changed, WITNESSED).holds]
    *before, log, witness = FILES[Form.TLOG_PROOF].splitlines(keepends=True)
    assert held == [b"".join([*before, witness, log])]


@given(st.sampled_from(list(FILES)), st.data())
def test_what_is_cut_joined_or_shuffled_is_not_accepted(form: Form, data: st.DataObject) -> None:
    file = FILES[form]
    at, to = sorted(data.draw(st.lists(st.integers(0, len(file)), min_size=2, max_size=2)))
    put = data.draw(st.binary(max_size=8))
    changed = file[:at] + put + file[to:]
    assert verify(changed, WITNESSED).holds == (changed == file)


@given(st.binary(max_size=500) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_is_handed_in_there_is_a_report(data: bytes) -> None:
    report = verify(data, WITNESSED)
    assert report.failed is Step.FORM


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 1_000_000,
        b'{"format":' + b"[" * 1_000_000,
        b'{"format":"troth-bundle/1"}',
        b'{"format":"troth-bundle/2"}',
        b'{"mediaType":"x"}',
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\n\n\n\n\n\n",
        FILES[Form.TLOG_PROOF].replace(b"\n\n", b"\n\n\n", 1),
        FILES[Form.BUNDLE].replace(b"larkfield", b"\\ud800", 1),
        FILES[Form.BUNDLE].replace(b'"number":2', b'"number":0', 1),
        FILES[Form.BUNDLE].replace(b'"number":2', b'"number":1e400', 1),
        FILES[Form.BUNDLE].replace(b'"index":1', b'"index":-1', 1),
        FILES[Form.BUNDLE].replace(b'"index":1', b'"index":' + b"9" * 5000, 1),
    ],
)
def test_odd_files_fail_at_the_first_step(data: bytes) -> None:
    assert verify(data, WITNESSED).failed is Step.FORM


def _failed(data: bytes, trust: Trust = WITNESSED) -> Step | None:
    report = verify(data, trust)
    steps = tuple(Step) if report.form is Form.BUNDLE else RECEIPT_STEPS
    assert report.passed == (steps if report.failed is None else steps[: report.failed - 1])
    return report.failed


def test_step_2_a_log_that_was_not_named() -> None:
    other = pair("log 1", "other.example/log")
    for file in FILES.values():
        assert _failed(file, Trust((LogKey(other.key),))) is Step.LOG


def test_step_3_a_checkpoint_the_log_did_not_sign() -> None:
    for file in FILES.values():
        assert _failed(file, Trust((LogKey(LATER_LOG.key),))) is Step.LOG_SIGNATURE
    forged = sign_checkpoint(Checkpoint(ORIGIN, 99, bytes(32)), LATER_LOG.key, LATER_LOG.sign)
    assert _failed(as_tlog_proof(replace(RECEIPT, checkpoint=forged))) is Step.LOG_SIGNATURE
    changed = RECEIPT.checkpoint.replace(f"\n{SMALL.tree.size}\n", f"\n{SMALL.tree.size + 1}\n")
    assert _failed(as_tlog_proof(replace(RECEIPT, checkpoint=changed))) is Step.LOG_SIGNATURE


def test_step_4_a_witness_that_was_not_named_that_did_not_sign_or_that_is_missing() -> None:
    proof = FILES[Form.TLOG_PROOF]
    assert _failed(proof, TRUST) is Step.WITNESSES
    assert verify(proof, replace(TRUST, passes_over_unknown=True)).passed_over == 1
    other = replace(TRUST, witnesses=(WITNESS.key, OTHER_WITNESS.key), quorum=Group(1, (OTHER_WITNESS.key,)))
    assert _failed(proof, other) is Step.WITNESSES
    text = RECEIPT.checkpoint.partition("\n\n")[0] + "\n"
    own = "".join(RECEIPT.checkpoint.splitlines(keepends=True)[:-1])
    false = cosign(text.replace("\n1", "\n2"), WITNESS.key, WITNESS.sign, at=WITNESSED_AT)
    assert _failed(as_tlog_proof(replace(RECEIPT, checkpoint=own + str(false)))) is Step.WITNESSES
    assert _failed(as_tlog_proof(replace(RECEIPT, checkpoint=own))) is Step.WITNESSES
    assert _failed(as_tlog_proof(replace(RECEIPT, checkpoint=own)), TRUST) is None


def test_step_5_another_entry_index_or_path() -> None:
    logged = RECEIPT.logged
    for wrong in (
        replace(logged, index=4),
        replace(logged, path=logged.path[1:]),
        replace(logged, envelope=SMALL.receipt(4).logged.envelope),
        replace(logged, envelope=replace(logged.envelope, key=LATER_LOG.key.short)),
        replace(logged, envelope=replace(logged.envelope, signature=bytes(64))),
    ):
        assert _failed(as_tlog_proof(replace(RECEIPT, logged=wrong))) is Step.INCLUSION


def _lone(statement: Statement, signature: bytes | None = None) -> bytes:
    """Return the receipt of a log that holds one entry, which may say or be signed with anything."""
    envelope = sign_statement(statement, LOG.key, LOG.sign)
    envelope = envelope if signature is None else replace(envelope, signature=signature)
    tree = Tree([leaf_hash(leaf_of(envelope, LOG.key))])
    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, 1, tree.root()), LOG.key, LOG.sign)
    return as_tlog_proof(Receipt(Logged(envelope, 0, inclusion_proof(tree, 0, 1)), checkpoint))


SAID = Statement(ORIGIN, "read", NOW, ANNA, 1, bytes(32), bytes(32), {})


def test_step_6_an_entry_that_is_logged_but_not_signed() -> None:
    assert _failed(_lone(SAID), TRUST) is None
    assert _failed(_lone(SAID, bytes(64)), TRUST) is Step.SIGNATURE
    # The same bytes signed under another type are not the company's word.
    assert _failed(_lone(SAID, LOG.sign(b"DSSEv1 4 text 2 {}")), TRUST) is Step.SIGNATURE


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, log="other.example/log"),
        replace(SAID, kind="dreamt"),
        replace(SAID, at=NOW - timedelta(days=366)),
        replace(SAID, number=0),
    ],
)
def test_step_7_an_entry_of_another_log_an_unknown_word_or_a_time_without_its_key(said: Statement) -> None:
    assert _failed(_lone(said), TRUST) is Step.ENTRY


def test_a_kind_of_a_newer_vocabulary_is_named_and_not_judged() -> None:
    report = verify(_lone(replace(SAID, kind="dreamt", version=2)), TRUST)
    assert report.holds
    assert [(one.statement.kind, one.statement.is_known) for one in report.entries] == [("dreamt", False)]


def test_step_7_a_key_that_was_replaced_signs_nothing_later() -> None:
    ended = Trust((LogKey(LOG.key, None, NOW - timedelta(days=1)), LogKey(LATER_LOG.key, NOW)))
    assert _failed(_lone(SAID), ended) is Step.ENTRY
    assert _failed(_lone(replace(SAID, at=NOW - timedelta(days=2))), ended) is None


def test_old_entries_hold_under_checkpoints_of_a_newer_key() -> None:
    log = filled()
    log.signer = LATER_LOG
    log.write("signer_changed", COMPANY, {"key": LATER_LOG.key.written}, NOW)
    both = Trust((LogKey(LOG.key, None, NOW), LogKey(LATER_LOG.key, NOW)))
    for index in range(log.tree.size):
        assert _failed(as_tlog_proof(log.receipt(index)), both) is None
    # Who knows the old key only can't check the new checkpoint, and is told so.
    assert _failed(as_tlog_proof(log.receipt(0)), TRUST) is Step.LOG_SIGNATURE
    # While the log signs with both keys, they can go on when they let the other line stand.
    receipt = log.receipt(0)
    line = sign_note(receipt.checkpoint.partition("\n\n")[0] + "\n", LOG.key, LOG.sign)
    signed_by_both = as_tlog_proof(replace(receipt, checkpoint=with_line(receipt.checkpoint, line)))
    assert _failed(signed_by_both, both) is None
    assert _failed(signed_by_both, TRUST) is Step.WITNESSES
    assert _failed(signed_by_both, replace(TRUST, passes_over_unknown=True)) is None


def test_a_key_may_have_been_in_use_twice() -> None:
    spans = [(None, NOW - timedelta(days=9)), (NOW - timedelta(days=1), None)]
    trust = Trust(tuple(LogKey(LOG.key, *span) for span in spans))
    assert _failed(_lone(SAID), trust) is None
    assert _failed(_lone(replace(SAID, at=NOW - timedelta(days=5))), trust) is Step.ENTRY
    assert _failed(_lone(replace(SAID, at=NOW - timedelta(days=10))), trust) is None


BUNDLE = SMALL.bundle(ANNA)


def _wrong_bundles() -> Iterator[tuple[str, Step, Bundle]]:
    one, two, three = BUNDLE.entries
    ben = SMALL.bundle(BEN)
    last = BUNDLE.last
    assert last is not None
    yield "another's entry among them", Step.SEQUENCE, replace(BUNDLE, entries=(one, two, ben.entries[0]))
    yield "a gap", Step.SEQUENCE, replace(BUNDLE, entries=(one, three))
    yield "out of order", Step.SEQUENCE, replace(BUNDLE, entries=(two, one, three))
    yield "one twice", Step.SEQUENCE, replace(BUNDLE, entries=(one, one, two, three))
    yield "another's name", Step.SEQUENCE, replace(BUNDLE, stream=BEN)
    yield "nobody's stream", Step.SEQUENCE, replace(BUNDLE, stream=COMPANY)
    yield "an entry for the map", Step.HEADS, replace(BUNDLE, heads=SMALL.logged(0))
    yield "the customer's own word for the map", Step.HEADS, replace(BUNDLE, heads=one)
    yield "another number", Step.PLACE, replace(BUNDLE, last=Last(1, last.head))
    yield "another head", Step.PLACE, replace(BUNDLE, last=Last(2, bytes(32)))
    yield "not in the map", Step.PLACE, replace(BUNDLE, last=None)
    yield "another's path", Step.PLACE, replace(BUNDLE, proof=ben.proof)
    yield "the last left out", Step.NOTHING_LEFT_OUT, replace(BUNDLE, entries=(one,))
    yield "the last before the map left out", Step.NOTHING_LEFT_OUT, replace(BUNDLE, entries=(one,))


@pytest.mark.parametrize(
    ("step", "bundle"), [case[1:] for case in _wrong_bundles()], ids=[c[0] for c in _wrong_bundles()]
)
def test_steps_8_to_11_a_bundle_that_is_not_whole(step: Step, bundle: Bundle) -> None:
    assert _failed(as_json(bundle)) is step


def test_the_newest_may_be_missing_and_the_map_says_so() -> None:
    # What came after the map it can't speak of: that is told as the time the map was made.
    report = verify(as_json(replace(BUNDLE, entries=BUNDLE.entries[:2])), WITNESSED)
    assert (report.holds, report.covered, report.as_of) == (True, 2, NOW)


def test_entries_whose_time_is_over_are_told_as_gone() -> None:
    for left, gone in ((BUNDLE.entries[1:], 1), (BUNDLE.entries[2:], 2), ((), 2)):
        report = verify(as_json(replace(BUNDLE, entries=left)), WITNESSED)
        assert (report.holds, report.gone, report.covered) == (True, gone, 2)


def test_a_customer_without_entries_is_shown_to_have_none() -> None:
    stream = sha256(b"stream of nobody yet").digest()
    report = verify(as_json(SMALL.bundle(stream)), WITNESSED)
    assert (report.holds, report.covered, report.gone, report.entries) == (True, 0, 0, ())
    later = filled((WITNESS,))
    later.write("choice_made", stream, {})
    report = verify(as_json(later.bundle(stream)), WITNESSED)
    assert (report.holds, report.covered, report.gone, len(report.entries)) == (True, 0, 0, 1)


def test_a_customer_with_entries_is_not_shown_to_have_none() -> None:
    _, heads, _ = SMALL.map
    for proof in (prove(heads, place_of(ANNA)), MapProof(()), MapProof((), heads[0]), MapProof((), heads[-1])):
        assert _failed(as_json(replace(BUNDLE, entries=(), last=None, proof=proof))) is Step.PLACE


def _forked(change: Callable[[SmallLog], None]) -> bytes:
    """Return Anna's bundle from a log whose writer cheats by `change` before the map is told."""
    log = SmallLog()
    log.write("choice_made", ANNA, {})
    log.write("read", ANNA, {})
    change(log)
    return as_json(log.bundle(ANNA))


def _tell(log: SmallLog, body: dict[str, JSON]) -> None:
    log.tell_heads()
    index = log.write(HEADS, COMPANY, body)
    log.map = (index, log.map[1], log.map[2])


def _hide_the_last(log: SmallLog) -> None:
    """The map is told as if Anna's second entry had never been, and it is left out of her bundle."""
    hidden = log.last[ANNA]
    log.last[ANNA] = Last(1, leaf_hash(leaf_of(log.envelopes[0][1], LOG.key)))
    log.tell_heads()
    log.last[ANNA] = hidden


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (SmallLog.tell_heads, None),
        (_hide_the_last, Step.NOTHING_LEFT_OUT),
        (partial(_tell, body={"root": "", "size": 0}), Step.HEADS),
        (partial(_tell, body={"size": 0}), Step.HEADS),
        (partial(_tell, body={"root": to_base64(bytes(32)), "size": True}), Step.HEADS),
        (partial(_tell, body={"root": to_base64(bytes(32)), "size": 99}), Step.HEADS),
        (partial(_tell, body={"root": to_base64(bytes(32)), "size": 2}), Step.PLACE),
    ],
)
def test_a_writer_who_cheats_is_seen(change: Callable[[SmallLog], None], step: Step | None) -> None:
    assert _failed(_forked(change), TRUST) is step


def _skip_a_number(log: SmallLog) -> None:
    log.last[ANNA] = Last(log.last[ANNA].number + 1, log.last[ANNA].head)
    log.write("read", ANNA, {})
    log.tell_heads()


def _follow_another(log: SmallLog) -> None:
    log.last[ANNA] = Last(log.last[ANNA].number, sha256(b"another").digest())
    log.write("read", ANNA, {})
    log.tell_heads()


def _begin_after_another(log: SmallLog) -> None:
    log.last = {BEN: Last(0, sha256(b"another").digest())}
    log.write("read", BEN, {})
    log.tell_heads()


def _be_late(log: SmallLog) -> None:
    """Ben's first entry reaches the log after the second, which names it."""
    log.write("choice_made", BEN, {})
    log.write("read", BEN, {})
    hashes = [log.tree.node(0, index) for index in range(log.tree.size)]
    log.tree = Tree([*hashes[:-2], hashes[-1], hashes[-2]])
    log.envelopes[-2:] = reversed(log.envelopes[-2:])
    log.tell_heads()


def _tell_by_another_kind(log: SmallLog) -> None:
    log.tell_heads()
    index, heads, last = log.map
    body = read_statement(log.envelopes[index][1].payload).body
    log.map = (log.write("backup_made", COMPANY, body), heads, last)


def _tell_in_a_customers_stream(log: SmallLog) -> None:
    log.tell_heads()
    index, heads, last = log.map
    body = read_statement(log.envelopes[index][1].payload).body
    log.map = (log.write(HEADS, BEN, body), heads, last)


@pytest.mark.parametrize(
    ("cheat", "stream", "step"),
    [
        (SmallLog.tell_heads, ANNA, None),
        (SmallLog.tell_heads, COMPANY, Step.SEQUENCE),
        (_skip_a_number, ANNA, Step.SEQUENCE),
        (_follow_another, ANNA, Step.SEQUENCE),
        (_begin_after_another, BEN, Step.SEQUENCE),
        (_be_late, BEN, Step.SEQUENCE),
        (_tell_by_another_kind, ANNA, Step.HEADS),
        (_tell_in_a_customers_stream, ANNA, Step.HEADS),
    ],
)
def test_a_writer_who_breaks_a_rule_is_seen_at_its_step(
    cheat: Callable[[SmallLog], None], stream: bytes, step: Step | None
) -> None:
    log = SmallLog()
    log.write("choice_made", ANNA, {})
    log.write("read", ANNA, {})
    cheat(log)
    whole = log.bundle(stream)
    by_number = sorted(whole.entries, key=lambda one: read_statement(one.envelope.payload).number)
    assert _failed(as_json(replace(whole, entries=tuple(by_number))), TRUST) is step


def test_what_is_missing_between_the_map_and_the_first_that_is_left_is_seen() -> None:
    log = filled()
    log.write("read", ANNA, {})
    whole = log.bundle(ANNA)
    assert [_failed(as_json(replace(whole, entries=whole.entries[at:])), TRUST) for at in range(4)] == [
        None,
        None,
        None,
        Step.NOTHING_LEFT_OUT,
    ]


def test_the_first_that_is_left_must_follow_the_maps_last() -> None:
    log = filled()
    log.last[ANNA] = Last(2, sha256(b"another").digest())
    log.write("read", ANNA, {})
    whole = log.bundle(ANNA)
    assert _failed(as_json(replace(whole, entries=whole.entries[3:])), TRUST) is Step.NOTHING_LEFT_OUT


def test_two_entries_with_one_number_can_not_both_be_in_a_customers_bundle() -> None:
    log = SmallLog()
    log.write("choice_made", ANNA, {})
    before = log.last[ANNA]
    log.write("read", ANNA, {})
    log.last[ANNA] = before
    log.write("disclosed", ANNA, {})
    log.tell_heads()
    assert _failed(as_json(log.bundle(ANNA)), TRUST) is Step.SEQUENCE
    whole = log.bundle(ANNA)
    honest = replace(whole, entries=(whole.entries[0], whole.entries[2]))
    assert _failed(as_json(honest), TRUST) is None
    hidden = replace(whole, entries=whole.entries[:2])
    assert _failed(as_json(hidden), TRUST) is Step.NOTHING_LEFT_OUT


def test_what_others_do_not_bind_ours_does() -> None:
    value: dict[str, Any] = json.loads(FILES[Form.SIGSTORE])
    entry = value["verificationMaterial"]["tlogEntries"][0]
    for holder, name, other in (
        (entry, "logIndex", "4"),
        (entry, "integratedTime", "7"),
        (entry["logId"], "keyId", to_base64(bytes(32))),
        (entry["inclusionProof"], "rootHash", to_base64(bytes(32))),
        (entry["inclusionProof"], "treeSize", "99"),
        (value["dsseEnvelope"]["signatures"][0], "keyid", ""),
    ):
        before = holder[name]
        holder[name] = other
        assert _failed(canonical_json(value) + b"\n") is Step.FORM, name
        holder[name] = before
    assert _failed(canonical_json(value) + b"\n") is None


def test_every_step_has_its_words() -> None:
    assert set(WORDS) == set(Step)
    assert Report().holds
