"""What every test of the keys does at its end."""

from collections.abc import Iterator

import pytest

from keys.tables import close_all


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_all()
