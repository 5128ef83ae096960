"""Fixtures that every room's tests may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installations import install
from troth.app import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An empty installation of the garden shop."""
    opened = install(tmp_path / "home")
    yield opened
    opened.close()
