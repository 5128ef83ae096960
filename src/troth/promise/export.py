"""The promise for other programs: the file format as JSON Schema, and that we heed opt-out signals."""

import json
from typing import Any

from troth.promise.model import Promise
from troth.promise.shape import PromiseShape

_TITLE = "Troth promise"


def json_schema() -> dict[str, Any]:
    """Return the file format as JSON Schema (draft 2020-12).

    The schema says which keys there are and how values are written. That what is said holds together (that a clause
    names declared data, for instance) is for `troth check`.
    """
    schema = _tidied(PromiseShape.model_json_schema())
    assert isinstance(schema, dict)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLE, **schema}


def json_schema_text() -> str:
    """Return the JSON Schema as it stands in docs/formats/promise.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def gpc(promise: Promise) -> dict[str, Any]:
    """Return what ``/.well-known/gpc.json`` says: that a signal is heeded, as it is under every promise.

    ``lastUpdate`` is the day since which this version of the promise says so
    (https://w3c.github.io/gpc/#gpc-support-resource).
    """
    return {"gpc": True, "lastUpdate": promise.version.since.isoformat()}


def _tidied(node: object) -> object:
    """Drop what only repeats the code, and close maps with free keys to keys of another spelling."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    # A "title" that is a text repeats the key; one that is a map is our own key “title”. An empty default says
    # nothing, and some are not what a file may hold.
    found = {
        key.removesuffix("Shape") if key.endswith("Shape") else key: _tidied(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and (value is None or value == ""))
    }
    if isinstance(reference := found.get("$ref"), str):
        found["$ref"] = reference.removesuffix("Shape")
    if "patternProperties" in found:
        found["additionalProperties"] = False
    return found
