from collections.abc import Iterator

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from installations import NOW, ORDERS, say
from troth.app import App
from troth.ledger.checkpoint import open_checkpoint
from troth.ledger.note import open_note, read_key
from troth.ledger.proof import consistency_proof, is_consistent
from troth.ledger.sigstore import read_trusted_root
from troth.ledger.tiles import Tile, TileNodes, tiles_of
from troth.ledger.tree import tree_root
from troth.web.api.calls import build_api
from troth.web.log import LogFiles, beside


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    say(app, "c1", ORDERS, "yes")
    app.publish(now=NOW)
    with TestClient(beside(LogFiles(app.published), build_api(app))) as client:
        yield client


def _nodes(client: TestClient, size: int) -> TileNodes:
    def read(tile: Tile) -> bytes:
        return client.get(f"/log/{tile.path}").content

    return TileNodes(size, read)


def test_whoever_reads_the_files_can_check_the_checkpoint_and_the_tree(client: TestClient) -> None:
    note = client.get("/log/checkpoint")
    assert note.headers["cache-control"].startswith("public, max-age=1")
    head, signed = open_checkpoint(note.text)
    keys = [read_key(line) for line in client.get("/log/keys").text.splitlines()]
    assert open_note(signed, keys).signed == frozenset(keys)
    assert tree_root(_nodes(client, head.size), head.size) == head.root
    assert [one.key for one in read_trusted_root(client.get("/log/trusted_root.json").content)] == keys


def test_two_checkpoints_are_shown_to_be_of_one_log(client: TestClient, app: App) -> None:
    old, _ = open_checkpoint(client.get("/log/checkpoint").text)
    for number in range(300):
        say(app, f"c{number}", ORDERS, "no")
    app.publish(now=NOW)
    new, _ = open_checkpoint(client.get("/log/checkpoint").text)
    path = consistency_proof(_nodes(client, new.size), old.size, new.size)
    assert is_consistent(old.root, old.size, new.root, new.size, path)
    # Of the older size every tile is still there too.
    for tile in tiles_of(old.size):
        answer = client.get(f"/log/{tile.path}")
        assert len(answer.content) == tile.width * 32
        assert "immutable" in answer.headers["cache-control"]


def test_what_is_not_signed_yet_is_not_there(client: TestClient, app: App) -> None:
    size = app.publisher.state().signed
    say(app, "c2", ORDERS, "yes")
    assert client.get(f"/log/{Tile(0, 0, size).path}").status_code == 200
    assert client.get(f"/log/{Tile(0, 0, size + 1).path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["entries", "tile/entries/000", "tile/0/0", "tile/0/000.p/257", "tile/0/000.p/0", "tile/64/000", "2/checkpoint",
     "1/checkpoint", "0/checkpoint", "999999999999/checkpoint", "../healthz", "", "checkpoint/", "tile/0/x001",
     "tile/0/000.p/1%00", "%2e%2e/keys", "keys%0a"],
)  # fmt: skip
def test_nothing_else_is_there(client: TestClient, path: str) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404 or answer.url.path == "/healthz"
    assert "c1" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_read_only(client: TestClient, method: str) -> None:
    assert client.request(method, "/log/checkpoint").status_code == 405


def test_a_head_request_gets_the_length_and_no_body(client: TestClient) -> None:
    body, head = client.get("/log/checkpoint"), client.head("/log/checkpoint")
    assert head.content == b""
    assert head.headers["content-length"] == str(len(body.content))


def test_the_api_stands_beside_it(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_of_a_log_that_ended_everything_can_still_be_checked(client: TestClient, app: App) -> None:
    before = client.get("/log/checkpoint").text
    app.publisher.open(now=NOW, is_older=True)
    app.publish(now=NOW)
    assert client.get("/log/checkpoint").text == before
    head, signed = open_checkpoint(client.get("/log/2/checkpoint").text)
    assert head.origin == "larkfield.example/log/2"
    keys = [read_key(line) for line in client.get("/log/keys").text.splitlines()]
    assert {key.name for key in open_note(signed, keys).signed} == {head.origin}
    tile = next(tiles_of(head.size))
    assert len(client.get(f"/log/2/{tile.path}").content) == tile.width * 32


def test_a_database_that_fails_is_told_without_a_word_of_its_own(client: TestClient, app: App) -> None:
    with app._databases[0].writing() as connection:
        connection.execute(text("ALTER TABLE ledger_trees RENAME TO elsewhere"))
    answer = client.get("/log/checkpoint")
    assert answer.status_code == 503
    assert "ledger_trees" not in answer.text
