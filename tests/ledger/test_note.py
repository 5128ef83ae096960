"""Signed notes: spelled one way, signed by whom they say, and lines of strangers passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.logs import LOG, ORIGIN, OTHER_WITNESS, WITNESS, WITNESSED_AT, pair
from troth.ledger.note import (
    FalseSignatureError,
    Kind,
    Line,
    Note,
    VerifierKey,
    cosign,
    open_note,
    read_key,
    read_note,
    sign_note,
)
from troth.ledger.spelling import SpellingError, to_base64

SHARED = Path(__file__).parents[3] / "shared" / "vectors" / "c2sp"
TEXT = "larkfield.example/log\n3\n" + to_base64(bytes(32)) + "\n"
NOTE = Note(TEXT, (sign_note(TEXT, LOG.key, LOG.sign), cosign(TEXT, WITNESS.key, WITNESS.sign, at=WITNESSED_AT)))


def test_a_note_is_opened_by_those_who_know_the_keys() -> None:
    assert read_note(str(NOTE)) == NOTE
    opened = open_note(NOTE, [LOG.key, WITNESS.key])
    assert opened.signed == {LOG.key, WITNESS.key}
    assert opened.times == {WITNESS.key: WITNESSED_AT}
    assert opened.unknown == ()


def test_lines_of_unknown_keys_are_passed_over_and_told() -> None:
    opened = open_note(NOTE, [LOG.key])
    assert opened.signed == {LOG.key}
    assert opened.unknown == (NOTE.lines[1],)
    assert open_note(NOTE, []).signed == frozenset()


def test_a_key_with_the_same_name_only_or_the_same_id_only_is_another_key() -> None:
    other = pair("other", LOG.key.name)
    assert open_note(NOTE, [other.key]).signed == frozenset()
    named = Note(TEXT, (Line("else.example", LOG.key.id, NOTE.lines[0].signature),))
    assert open_note(named, [LOG.key]).signed == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        Line(ORIGIN, LOG.key.id, bytes(64)),
        Line(ORIGIN, LOG.key.id, NOTE.lines[0].signature[:-1]),
        Line(ORIGIN, LOG.key.id, NOTE.lines[0].signature + b"\0"),
        Line(ORIGIN, LOG.key.id, sign_note(TEXT + "x\n", LOG.key, LOG.sign).signature),
        Line(WITNESS.key.name, WITNESS.key.id, NOTE.lines[1].signature[8:]),
        Line(WITNESS.key.name, WITNESS.key.id, bytes(8) + NOTE.lines[1].signature[8:]),
        Line(WITNESS.key.name, WITNESS.key.id, WITNESS.sign(TEXT.encode())),
        # A time beyond 2**63 - 1, rightly signed.
        cosign(TEXT, WITNESS.key, WITNESS.sign, at=2**63),
    ],
)
def test_a_known_key_that_did_not_sign_this_spoils_the_note(line: Line) -> None:
    with pytest.raises(FalseSignatureError, match=line.name):
        open_note(Note(TEXT, (line,)), [LOG.key, WITNESS.key])


def test_a_key_that_signs_twice_spoils_the_note() -> None:
    with pytest.raises(FalseSignatureError, match="twice"):
        open_note(Note(TEXT, (NOTE.lines[0], NOTE.lines[0])), [LOG.key])


def test_a_log_key_makes_no_cosignature_and_a_witness_no_log_signature() -> None:
    as_witness = VerifierKey(LOG.key.name, LOG.key.public, Kind.COSIGNATURE)
    assert as_witness.id != LOG.key.id
    with pytest.raises(FalseSignatureError):
        open_note(Note(TEXT, (Line(as_witness.name, as_witness.id, NOTE.lines[0].signature),)), [as_witness])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "\n\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n—  a AAAAAAA=\n",
        "text\n\n— a  AAAAAAA=\n",
        "text\n\n— a AAAAAAA= \n",
        "text\n\n— a AAAAAAA=\n\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAAAAAA\n",
        "text\n\n— a+b AAAAAAA=\n",
        "text\n\n— a\u00a0b AAAAAAA=\n",
        "text\r\n\r\n— a AAAAAAA=\r\n",
        "te\0xt\n\n— a AAAAAAA=\n",
        "te\txt\n\n— a AAAAAAA=\n",
        "text\n\n" + "— a AAAAAAA=\n" * 65,
    ],
)
def test_what_is_not_spelled_as_a_note_is_refused(note: str) -> None:
    with pytest.raises(SpellingError):
        read_note(note)


def test_a_text_may_have_empty_lines_and_sixteen_signatures() -> None:
    text = "one\n\ntwo\n\n\nthree\n"
    pairs = [pair(f"p{n}", f"p{n}.example") for n in range(16)]
    note = Note(text, tuple(sign_note(text, one.key, one.sign) for one in pairs))
    assert read_note(str(note)) == note
    assert len(open_note(note, [one.key for one in pairs]).signed) == 16


@given(st.text(max_size=200))
def test_whatever_is_read_is_spelled_the_same_way_again(text: str) -> None:
    for candidate in (text, f"a\n\n— {text}\n", f"{text}\n\n— a AAAAAAA=\n"):
        try:
            note = read_note(candidate)
        except SpellingError:
            continue
        assert str(note) == candidate


def test_a_key_is_written_and_read() -> None:
    for key in (LOG.key, WITNESS.key, OTHER_WITNESS.key):
        assert read_key(key.written) == key
    published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # golang.org/x/mod/sumdb/note
    key = read_key(published)
    assert (key.name, key.id.hex(), key.kind) == ("PeterNeumann", "c74f20a3", Kind.NOTE)
    assert key.written == published


@pytest.mark.parametrize(
    "written",
    [
        "",
        "name",
        "name+00000000",
        LOG.key.written + "+",
        LOG.key.written.replace("+", " ", 1),
        "x" + LOG.key.written,
        LOG.key.written.upper(),
        f"{ORIGIN}+{LOG.key.id.hex()}+{to_base64(LOG.key.public)}",
        f"{ORIGIN}+{LOG.key.id.hex()}+{to_base64(bytes([2]) + LOG.key.public)}",
        f"{ORIGIN}+00000000+{to_base64(bytes([1]) + LOG.key.public)}",
    ],
)
def test_what_is_not_a_key_is_refused(written: str) -> None:
    with pytest.raises(SpellingError):
        read_key(written)


def test_a_key_that_is_no_point_of_the_curve_signs_nothing() -> None:
    key = VerifierKey("a.example", b"\xff" * 32)
    assert not key.holds(b"message", bytes(64))


def _shared(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"missing: vectors/c2sp/{name}")
    return path.read_text("utf-8")


@pytest.mark.shared
def test_the_note_of_the_specification_verifies() -> None:
    key = read_key(_shared("spec-examples/signed-note.vkey").strip())
    note = read_note(_shared("spec-examples/signed-note.txt"))
    assert str(note) == _shared("spec-examples/signed-note.txt")
    assert open_note(note, [key]).signed == {key}
    with pytest.raises(FalseSignatureError):
        open_note(Note(note.text.replace("example", "exemple"), note.lines), [key])
