"""Transit, tried with a real OpenBao; and with servers that fail in the ways a real one seldom does."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest

from installations import NOW
from keys.contract import ProviderContract
from keys.openbao import ROOT, Bao, running
from keys.tables import fill, open_ring, open_store
from troth.errors import UnavailableError
from troth.keys.epochs.change import Epochs
from troth.keys.provider import KeyProvider
from troth.keys.sealing import new_key
from troth.keys.transit import Place, TransitKeyProvider

_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.keys.transit.PAUSES_S", (0.01, 0.01))


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with running(tmp_path_factory.mktemp("bao")) as server:
        yield server


@pytest.fixture
def key(bao: Bao) -> str:
    """A new key of the server."""
    name = f"troth{next(_NUMBERS)}"
    bao.ask("POST", f"transit/keys/{name}", {"type": "aes256-gcm96"})
    return name


class TestTransit(ProviderContract):
    @pytest.fixture
    def opened(self, bao: Bao, key: str) -> Callable[[], KeyProvider]:
        return lambda: bao.provider(key)


def test_a_ring_and_its_epochs_live_on_it(tmp_path: Path, bao: Bao, key: str) -> None:
    provider = bao.provider(key)
    ring = open_ring(tmp_path, provider)
    sealed = fill(ring, 5)
    (before,) = open_store(tmp_path).all_epochs()
    epochs = Epochs(open_store(tmp_path), provider)
    assert epochs.renews_master
    changed = epochs.end(now=NOW + timedelta(days=30))
    assert changed.retired == {"1"}
    sealed.must_open(open_ring(tmp_path, bao.provider(key)))
    with pytest.raises(UnavailableError) as caught:
        provider.unwrap(before.wrapped, "epoch 1")
    assert caught.value.code == "master_key_destroyed"
    # Deleted, not only forbidden: it can't be allowed again.
    told = bao.ask("GET", f"transit/keys/{key}")["data"]
    assert told["min_available_version"] == 2
    assert list(told["keys"]) == ["2"]
    assert epochs.rotate(now=NOW + timedelta(days=31)).retired == {"2"}
    sealed.must_open(open_ring(tmp_path, bao.provider(key)))


def test_a_key_that_is_not_there_is_told_and_never_made_by_the_way(bao: Bao) -> None:
    missing = bao.provider("misspelled")
    for ask in (
        missing.check,
        missing.current,
        lambda: missing.wrap(new_key(), "epoch 1"),
        lambda: missing.renew(()),
    ):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.code == "master_key_missing"
    with pytest.raises(UnavailableError) as caught:
        missing.unwrap(b"vault:v1:" + b"A" * 80, "epoch 1")
    assert caught.value.code == "master_key_missing"


@pytest.mark.parametrize(
    "body", [{"type": "rsa-2048"}, {"type": "ed25519"}, {"type": "aes256-gcm96", "derived": True}]
)
def test_a_key_that_can_not_bind_to_a_label_is_refused(bao: Bao, body: dict[str, object]) -> None:
    name = f"other{next(_NUMBERS)}"
    bao.ask("POST", f"transit/keys/{name}", body)
    with pytest.raises(UnavailableError) as caught:
        bao.provider(name).check()
    assert caught.value.code == "master_key_kind"


def test_a_wrong_token_is_told_without_the_token(bao: Bao, key: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        bao.provider(key, token="wrong-token").check()  # noqa: S106 - wrong on purpose
    assert caught.value.code == "key_provider_refused"
    assert "wrong-token" not in str(caught.value) + repr(caught.value)


def test_the_policy_of_the_guide_is_enough_and_no_more(tmp_path: Path, bao: Bao, key: str) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "keys.md").read_text()
    policy = guide.split("```hcl\n")[1].split("```")[0]
    assert "transit/keys/troth" in policy
    bao.ask("PUT", f"sys/policies/acl/{key}", {"policy": policy.replace("/troth", f"/{key}")})
    made = bao.ask("POST", "auth/token/create", {"policies": [key], "no_default_policy": True})
    provider = bao.provider(key, token=made["auth"]["client_token"])
    sealed = fill(open_ring(tmp_path, provider), 2)
    Epochs(open_store(tmp_path), provider).end(now=NOW + timedelta(days=30))
    sealed.must_open(open_ring(tmp_path, provider))
    other = bao.provider(f"{key}-other", token=made["auth"]["client_token"])
    with pytest.raises(UnavailableError) as caught:
        other.check()
    assert caught.value.code == "key_provider_refused"


def test_over_tls_only_a_trusted_certificate_is_spoken_to(tmp_path: Path) -> None:
    with running(tmp_path / "tls", tls=True) as server:
        server.ask("POST", "transit/keys/troth", {"type": "aes256-gcm96"})
        provider = server.provider("troth")
        key = new_key()
        assert provider.unwrap(provider.wrap(key, "epoch 1").data, "epoch 1") == key
        stranger = TransitKeyProvider(replace(server.place("troth"), ca=None), lambda: ROOT)
        with pytest.raises(UnavailableError) as caught:
            stranger.check()
        assert caught.value.code == "key_provider_certificate"
        server.ask("POST", "sys/seal")
        with pytest.raises(UnavailableError) as caught:
            provider.check()
        assert caught.value.code == "key_provider_sealed"


def test_a_file_that_holds_no_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for ca in (tmp_path / "ca.pem", tmp_path / "nowhere.pem"):
        with pytest.raises(UnavailableError, match="PEM"):
            TransitKeyProvider(Place("127.0.0.1", 1, tls=True, mount="transit", key="troth", ca=ca), lambda: ROOT)


class Failing(BaseHTTPRequestHandler):
    """Gives the answers it was told to, one after the other, and the last for ever."""

    answers: ClassVar[list[tuple[int, bytes]]] = []
    calls: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.calls.append(self.path)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        if status in {301, 307}:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def failing(*answers: tuple[int, bytes]) -> Iterator[TransitKeyProvider]:
    Failing.answers, Failing.calls = list(answers), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        port = server.server_address[1]
        yield TransitKeyProvider(Place("127.0.0.1", port, tls=False, mount="transit", key="troth"), lambda: ROOT)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


GOOD = json.dumps({"data": {"type": "aes256-gcm96", "latest_version": 3}}).encode()


@pytest.mark.parametrize("status", [429, 500, 502, 504])
def test_a_failure_that_passes_is_not_noticed(status: int) -> None:
    with failing((status, b""), (status, b"<html>busy</html>"), (200, GOOD)) as provider:
        assert provider.current() == "3"


def test_a_failure_that_stays_is_told_after_three_tries() -> None:
    with failing((500, b'{"errors":["internal: the-root-token-of-a-test"]}')) as provider:
        with pytest.raises(UnavailableError) as caught:
            provider.check()
        assert len(Failing.calls) == 3
    assert caught.value.code == "key_provider_unreachable"
    assert "500" in caught.value.message
    assert ROOT not in str(caught.value)


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed_with_the_token(status: int) -> None:
    with failing((status, b"")) as provider:
        with pytest.raises(UnavailableError):
            provider.check()
        assert len(Failing.calls) == 1


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b"{}", b'{"data": null}', b'{"data": {"ciphertext": 7}}', b'{"data": []}']
)
def test_an_answer_that_is_none_is_told(body: bytes) -> None:
    with failing((200, body)) as provider:
        with pytest.raises(UnavailableError):
            provider.wrap(new_key(), "epoch 1")
        with pytest.raises(UnavailableError):
            provider.unwrap(b"vault:v1:AAAA", "epoch 1")


def test_plaintext_that_is_no_base64_is_told() -> None:
    with (
        failing((200, b'{"data": {"plaintext": "!!"}}')) as provider,
        pytest.raises(UnavailableError, match="understood"),
    ):
        provider.unwrap(b"vault:v1:AAAA", "epoch 1")


def test_nobody_there_is_told() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nobody = TransitKeyProvider(Place("127.0.0.1", port, tls=False, mount="transit", key="troth"), lambda: ROOT)
    with pytest.raises(UnavailableError, match="does not answer"):
        nobody.check()


def test_a_server_that_is_silent_is_given_up_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.keys.transit.TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = Place("127.0.0.1", silent.getsockname()[1], tls=False, mount="transit", key="troth")
        with pytest.raises(UnavailableError, match="does not answer"):
            TransitKeyProvider(place, lambda: ROOT).check()
