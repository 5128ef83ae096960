"""Whatever stands in a file: it is a promise, or a PromiseError says why not. Nothing else ever comes out."""

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promise.examples import TEXT, values
from troth.promise.errors import PromiseError, Severity
from troth.promise.read import check_promise_text
from troth.promise.rules.every import EVERY

MANY = 3000 if os.environ.get("TROTH_SOAK") else 60
BYTES = TEXT.encode()
KNOWN_CODES = {f"P{number:03}" for number in range(1, 16)} | {rule.code for rule in EVERY}


def read(data: bytes | str) -> None:
    """Read `data` and hold the reader to its word."""
    size = len(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    lines = text.count("\n") + text.count("\r") + 1
    found = check_promise_text(data, name="p.yaml")
    for finding in found.findings:
        assert finding.code in KNOWN_CODES
        assert finding.message
        assert finding.mend
        assert 1 <= finding.place.line <= lines + 1
        assert 1 <= finding.place.column <= size + 1
    broken = any(finding.severity is Severity.ERROR for finding in found.findings)
    assert (found.promise is None) == broken
    if broken:
        assert PromiseError(found.findings).findings == found.findings


many = settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    read(data)


@many
@given(st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,\n \t\r0.~<yn\u202e\u00e9", max_size=60))
def test_random_yaml_signs(text: str) -> None:
    read(text)


@many
@given(st.text(max_size=100))
def test_random_text(text: str) -> None:
    read(text)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["orders", "2 years"])
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything below `value`."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in below for found in paths(inner, (*path, key)))]


PATHS = [path for path in paths(values()) if path]


@pytest.mark.slow
@many
@given(st.sampled_from(PATHS), TREES)
def test_any_value_of_the_example_becomes_anything(path: tuple[Any, ...], tree: Any) -> None:
    value: Any = values()
    node = value
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = tree
    read(json.dumps(value, ensure_ascii=False, indent=1))


@pytest.mark.slow
@many
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(PATHS)), min_size=1, max_size=6))
def test_parts_of_the_example_change_places(swaps: list[tuple[tuple[Any, ...], tuple[Any, ...]]]) -> None:
    value: Any = values()
    for one, other in swaps:
        try:
            source = value
            for step in one:
                source = source[step]
            target = value
            for step in other[:-1]:
                target = target[step]
            target[other[-1]] = json.loads(json.dumps(source))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier swap took the place away
    read(json.dumps(value, ensure_ascii=False))


@many
@given(st.integers(0, len(BYTES)), st.integers(0, 40), st.binary(max_size=10))
def test_a_damaged_example(start: int, cut: int, put: bytes) -> None:
    read(BYTES[:start] + put + BYTES[start + cut :])


@many
@given(st.integers(0, len(BYTES)))
def test_a_truncated_example(end: int) -> None:
    read(BYTES[:end])


@pytest.mark.parametrize("line", range(0, TEXT.count("\n"), 3))
def test_a_lost_line(line: int) -> None:
    lines = TEXT.splitlines(keepends=True)
    read("".join(lines[:line] + lines[line + 1 :]))
