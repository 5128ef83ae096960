"""An S3-compatible store, tried with moto: a stand-in that speaks S3's protocol over HTTP."""

import os
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from backup.contract import PlaceContract
from troth.backup.choosing import place_named
from troth.backup.place import Place
from troth.errors import UnavailableError

_BUCKETS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("botocore", reason="botocore is not here: install troth[aws]")
    pytest.importorskip("moto", reason="moto is not here: install moto[s3,server]")
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(autouse=True)
def account(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An account of nobody: nothing of the machine's own is found."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)
    monkeypatch.setattr("troth.backup.s3.TRIES", 1)


@pytest.fixture
def bucket() -> str:
    from botocore.session import Session

    name = f"backups-{next(_BUCKETS)}"
    Session().create_client("s3").create_bucket(Bucket=name)
    return name


class TestS3(PlaceContract):
    @pytest.fixture
    def place(self, bucket: str) -> Place:
        return place_named(f"s3://{bucket}/shop/troth")


def test_two_prefixes_of_one_bucket_are_two_places(bucket: str) -> None:
    one, other = place_named(f"s3://{bucket}/one"), place_named(f"s3://{bucket}/other/")
    one.put("troth-main-1/a", b"text")
    assert other.names() == []
    assert other.words == f"s3://{bucket}/other"


@pytest.mark.slow
def test_more_files_than_a_page_of_answers_holds_are_all_found(bucket: str) -> None:
    place = place_named(f"s3://{bucket}")
    for number in range(1_005):
        place.put(f"troth-main-1/items-{number:05}.rows", b"")
    assert len(place.names()) == 1_005


def test_a_bucket_that_is_not_there_is_told() -> None:
    with pytest.raises(UnavailableError, match="no such bucket"):
        place_named("s3://not-there/x").put("troth-main-1/a", b"")


def test_a_store_that_does_not_answer_is_told(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
    with pytest.raises(UnavailableError, match="can't be reached") as caught:
        place_named(f"s3://{bucket}/x").names()
    assert "127.0.0.1" not in str(caught.value)
