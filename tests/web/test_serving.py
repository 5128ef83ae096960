import socket
from contextlib import closing

import pytest

from troth.errors import UnavailableError
from troth.web.serving import listen


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_is_taken_once() -> None:
    port = _free_port()
    with closing(listen("127.0.0.1", port)), pytest.raises(UnavailableError, match=f"Port {port}"):
        listen("127.0.0.1", port)
    listen("127.0.0.1", port).close()
