"""Fixtures that every room's tests may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from installations import install
from troth.app import App

# Time is measured in `make bench`; a busy machine fails no test. `make soak` looks further.
settings.register_profile("house", deadline=None)
settings.register_profile("soak", deadline=None, max_examples=2000)
settings.load_profile("soak" if os.environ.get("TROTH_SOAK") else "house")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An empty installation of the garden shop."""
    opened = install(tmp_path / "home")
    yield opened
    opened.close()
