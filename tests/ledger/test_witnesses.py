"""Asking a witness: a real one on this machine, and others that do what they like."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from ledger.logs import LATER_LOG, LOG, OTHER_WITNESS, WITNESS, WITNESSED_AT, Pair
from troth.clock import FixedClock
from troth.errors import InputError
from troth.ledger import witnesses
from troth.ledger.add_checkpoint import as_request, read_request
from troth.ledger.checkpoint import read_checkpoint
from troth.ledger.note import Line, cosign, open_note, read_note, with_line
from troth.ledger.witnesses import Answer, Cosigned, Knows, Refused, Unreachable, Witness, cosigned
from troth.witness.service import Witness as Signing
from troth.witness.site import LARGEST_BODY, build_site
from witness.growing import AT, ONE, OTHER, SECOND, Growing, witness_in


@contextmanager
def served(signing: Signing) -> Iterator[str]:
    """Serve a witness; yield where it is."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(build_site(signing), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def signing(tmp_path: Path, clock: FixedClock) -> Signing:
    return witness_in(tmp_path / "w", clock)


@pytest.fixture
def real(signing: Signing) -> Iterator[Witness]:
    with served(signing) as url:
        yield Witness(url, signing.key)


def test_a_real_witness_signs_and_its_line_can_be_put_under_the_checkpoint(real: Witness) -> None:
    for old, size in [(0, 3), (3, 3), (3, 100)]:
        answer = real.cosign(ONE.note(size), old, ONE.proof(old, size))
        assert isinstance(answer, Cosigned)
        assert answer.at == SECOND
        note = read_note(with_line(ONE.note(size), answer.line))
        assert open_note(note, [real.key, LOG.key]).signed == {real.key, LOG.key}


def test_it_tells_the_size_it_knows_and_is_asked_again_from_there(real: Witness) -> None:
    assert real.cosign(ONE.note(9), 4, ONE.proof(4, 9)) == Knows(0)
    asked: list[int] = []

    def prove(old: int) -> tuple[bytes, ...]:
        asked.append(old)
        return ONE.proof(old, size)

    for size, thought in [(9, 4), (20, 0), (30, 20), (30, 7)]:
        assert isinstance(cosigned(real, ONE.note(size), thought, prove), Cosigned)
    assert asked == [4, 9, 20, 7, 30]


def test_a_log_that_is_shorter_than_what_the_witness_saw_is_told_so(real: Witness) -> None:
    assert isinstance(cosigned(real, ONE.note(9), 0, lambda old: ONE.proof(old, 9)), Cosigned)
    assert cosigned(real, ONE.note(7), 0, lambda old: ONE.proof(old, 7)) == Knows(9)


def test_a_fork_an_unknown_log_and_an_unknown_key_are_refused_in_words(real: Witness) -> None:
    assert isinstance(cosigned(real, ONE.note(9), 0, lambda old: ONE.proof(old, 9)), Cosigned)
    for size in (9, 12):
        answer = cosigned(real, OTHER.note(size), 0, partial(OTHER.proof, size=size))
        assert answer == Refused(422, "The proof does not lead from what it signed last to this checkpoint.")
    later = Growing(signer=LATER_LOG)
    assert real.cosign(later.note(9), 9, ()) == Refused(403, "It knows other keys of this log.")
    other = Growing(signer=Pair(type(LOG.key)("other.example/log", LOG.key.public), LOG.sign))
    assert real.cosign(other.note(9), 0, ()) == Refused(404, "It does not know this log.")


def test_a_witness_whose_clock_went_back_counts_as_away(real: Witness, clock: FixedClock) -> None:
    assert isinstance(real.cosign(ONE.note(3), 0, ()), Cosigned)
    clock.at -= timedelta(hours=1)
    assert real.cosign(ONE.note(4), 3, ONE.proof(3, 4)) == Unreachable("It can't sign now (503).")


def test_the_signature_of_another_key_than_the_named_one_is_not_taken(signing: Signing) -> None:
    with served(signing) as url:
        answer = Witness(url, OTHER_WITNESS.key).cosign(ONE.note(3), 0, ())
    assert isinstance(answer, Refused)
    assert answer.status == 0


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Accept one connection after the other and let `answer` do with each what it likes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                    with connection:
                        answer(connection)
                except OSError:
                    if listening.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _said(status: str, body: bytes, headers: str = "Content-Type: text/plain") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _ask(raw: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(raw)

    with answering(answer) as url:
        return Witness(url, WITNESS.key).cosign(ONE.note(3), 0, ())


def _line(by: Pair = WITNESS, at: int = WITNESSED_AT, size: int = 3) -> str:
    return str(cosign(read_note(ONE.note(size)).text, by.key, by.sign, at=at))


def test_lines_of_others_beside_the_witnesses_own_are_passed_over() -> None:
    answer = _ask(_said("200 OK", f"{_line(OTHER_WITNESS)}{_line()}".encode()))
    assert isinstance(answer, Cosigned)
    assert (str(answer.line), answer.at) == (_line(), WITNESSED_AT)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (_said("200 OK", b""), 0),
        (_said("200 OK", b"\xff\xfe"), 0),
        (_said("200 OK", b"yes\n"), 0),
        (_said("200 OK", _line(at=0).encode()), 0),
        (_said("200 OK", _line(size=4).encode()), 0),
        (_said("200 OK", _line(OTHER_WITNESS).encode()), 0),
        (_said("200 OK", (_line() * 2).encode()), 0),
        (_said("200 OK", _line().encode()[:-1]), 0),
        (_said("200 OK", b"\n" + _line().encode()), 0),
        (_said("409 Conflict", b"7\n"), 409),
        (_said("409 Conflict", b"7", "Content-Type: text/x.tlog.size"), 409),
        (_said("409 Conflict", b"-7\n", "Content-Type: text/x.tlog.size"), 0),
        (_said("409 Conflict", b"9" * 40 + b"\n", "Content-Type: text/x.tlog.size"), 0),
        (_said("302 Found", b"", "Location: http://127.0.0.1:1/"), 302),
        (_said("418 Teapot", b"<script>"), 418),
        (_said("400 Bad Request", b"x"), 400),
    ],
)
def test_an_answer_that_is_no_witnesses_is_refused_without_its_words(raw: bytes, expected: int) -> None:
    answer = _ask(raw)
    assert isinstance(answer, Refused)
    assert answer.status == expected
    assert "script" not in answer.why


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"what?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        _said("200 OK", b"x" * (witnesses.LARGEST_ANSWER + 1)),
        _said("500 Oops", b""),
        _said("429 Later", b""),
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_no_answer_or_half_of_one_counts_as_away(raw: bytes) -> None:
    assert isinstance(_ask(raw), Unreachable)


def test_nobody_there_counts_as_away() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert isinstance(Witness(f"http://127.0.0.1:{port}", WITNESS.key).cosign(ONE.note(3), 0, ()), Unreachable)


@pytest.mark.parametrize("way", ["silent", "headers drip", "body drips"])
def test_an_answer_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(witnesses, "PATIENCE_S", 0.4)
    ended = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        ok = b"HTTP/1.1 200 OK\r\n"
        begin = {"silent": b"", "headers drip": ok + b"X: ", "body drips": ok + b"Content-Length: 9999\r\n\r\n"}
        connection.sendall(begin[way])
        while not ended.wait(0.05):
            if way != "silent":
                connection.sendall(b"x")

    with answering(answer) as url:
        begun = time.monotonic()
        found = Witness(url, WITNESS.key).cosign(ONE.note(3), 0, ())
        took = time.monotonic() - begun
        ended.set()
    assert found == Unreachable("It did not answer in time.")
    assert took < 2
    deadline = time.monotonic() + 5
    while any(one.name == "witness" for one in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(one.name == "witness" for one in threading.enumerate())


@pytest.mark.parametrize(
    "url",
    [
        "http://witness.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "ftp://127.0.0.1",
        "https://",
        "https://user:word@witness.example",
        "https://witness.example/?a=b",
        "https://witness.example/#a",
        "https://witness.example:99999",
        "https://witness.example/a b",
        "https://witness.example/\r\nX: y",
        "https://[::1",
        "",
    ],
)
def test_other_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(InputError, match="asked over https"):
        Witness(url, WITNESS.key)


def test_https_is_asked_with_its_certificate_checked(tmp_path: Path) -> None:
    for url in ("https://witness.example/w", "http://[::1]:9/", "http://localhost:9"):
        assert Witness(url, WITNESS.key).url == url
    with pytest.raises(InputError, match="certificates"):
        Witness("https://witness.example", WITNESS.key, ca=tmp_path / "missing.pem")
    with pytest.raises(InputError, match="not of a witness"):
        Witness("https://witness.example", LOG.key)

    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(_said("200 OK", b"in the clear"))

    with answering(answer) as url:
        found = Witness(url.replace("http:", "https:"), WITNESS.key).cosign(ONE.note(3), 0, ())
    assert isinstance(found, Unreachable)


def _raw(url: str, method: str, path: str, body: bytes = b"") -> tuple[int, str, bytes]:
    at = urlsplit(url)
    with closing(HTTPConnection(at.hostname or "", at.port, timeout=5)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()


def test_the_calls_are_those_of_the_specification(signing: Signing) -> None:
    place = f"/{sha256(b'larkfield.example/log').hexdigest()}/checkpoint"
    with served(signing) as url:
        assert _raw(url, "GET", place)[0] == HTTPStatus.NOT_FOUND
        status, _, line = _raw(url, "POST", "/add-checkpoint", ONE.request(0, 3))
        assert status == HTTPStatus.OK
        assert _raw(url, "GET", place)[::2] == (200, ONE.note(3).encode() + line)
        told = _raw(url, "POST", "/add-checkpoint", ONE.request(0, 9))
        assert told == (409, "text/x.tlog.size", b"3\n")
        assert _raw(url, "POST", "/add-checkpoint", OTHER.request(3, 3))[0] == HTTPStatus.OK  # the same beginning
        assert _raw(url, "POST", "/add-checkpoint", b"old")[0] == HTTPStatus.BAD_REQUEST
        assert _raw(url, "GET", "/add-checkpoint")[0] == HTTPStatus.METHOD_NOT_ALLOWED
        assert _raw(url, "POST", "/add-checkpoint", bytes(LARGEST_BODY + 1))[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        for odd in ("/../witness.key/checkpoint", "/..%2Fwitness.key/checkpoint", "/witness.key", "/logs"):
            assert _raw(url, "GET", odd)[0] == HTTPStatus.NOT_FOUND


def test_the_example_of_the_specification_is_read() -> None:
    body = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    ).encode()
    asked = read_request(body)
    assert (asked.old, len(asked.proof)) == (20_852_014, 4)
    assert read_checkpoint(read_note(asked.checkpoint).text).size == 20_852_163
    assert as_request(asked) == body


def test_what_is_signed_is_an_own_line(real: Witness) -> None:
    answer = real.cosign(ONE.note(3), 0, ())
    assert isinstance(answer, Cosigned)
    assert isinstance(answer.line, Line)
    assert answer.line.name == real.key.name
