"""What the reference says is what the program does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from troth.promise.errors import READING
from troth.promise.export import json_schema, json_schema_text
from troth.promise.read import check_promise_text
from troth.promise.rules.every import EVERY

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "promise.md").read_text("utf-8")
SCHEMA = json_schema()


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return _resolved(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    for form in node.get("anyOf", []):
        resolved = _resolved(form)
        if "properties" in resolved or "patternProperties" in resolved:
            return resolved
    return node


def _keys(node: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    node = _resolved(node)
    for key, below in node.get("properties", {}).items():
        yield ".".join([*path, key])
        yield from _keys(below, (*path, key))
    for below in [*node.get("patternProperties", {}).values(), node.get("items")]:
        if isinstance(below, dict):
            yield from _keys(below, (*path, "*"))


KEYS = list(_keys(SCHEMA))


def test_the_schema_has_all_the_keys_of_the_format() -> None:
    assert len(KEYS) > 110
    assert {"purposes.*.data.*.question", "wire.consent_categories", "evidence.keep", "data.*.from"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained(key: str) -> None:
    row = re.search(rf"^\| `{re.escape(key)}` \| (must|may) \| (.+) \|$", REFERENCE, re.MULTILINE)
    assert row
    assert len(row[2]) > 5


def test_no_key_is_explained_that_is_not_there() -> None:
    explained = re.findall(r"^\| `([a-z_.*]+)` \| (?:must|may) \|", REFERENCE, re.MULTILINE)
    assert sorted(explained) == sorted(KEYS)


def test_every_section_has_an_example() -> None:
    for section in SCHEMA["properties"]:
        assert re.search(rf"^## {section}\n(?:(?!\n## ).)*?```yaml\n{section}:", REFERENCE, re.MULTILINE | re.DOTALL)


def test_the_examples_together_are_a_promise_without_a_finding() -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
    text = "\n".join(example for example in examples if not example.startswith("# part"))
    checked = check_promise_text(text, name="reference.yaml")
    assert [str(finding) for finding in checked.findings] == []
    assert checked.promise is not None


def test_the_table_of_codes_is_the_programs() -> None:
    rows = re.findall(r"^\| `(P[0-9]{3})` \| (error|warning) \| (.+) \|$", REFERENCE, re.MULTILINE)
    expected = [(code, "error", says) for code, says in READING.items()]
    expected += [(rule.code, rule.severity.value, rule.says) for rule in EVERY]
    assert rows == expected


def test_the_committed_schema_is_current() -> None:
    assert (DOCS / "formats" / "promise.schema.json").read_text("utf-8") == json_schema_text(), (
        "Run: troth check --schema > docs/formats/promise.schema.json"
    )
