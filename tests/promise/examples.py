"""The example promise, and the example with something changed."""

import json
from collections.abc import Mapping
from copy import deepcopy
from importlib.resources import files
from typing import Any

from troth.promise.errors import Finding
from troth.promise.read import Checked, check_promise_text
from troth.promise.tree import read_tree

TEXT = files("troth.promise").joinpath("example.yaml").read_text("utf-8")


class _Gone:
    """Says so in the names of tests, the same in every process."""

    def __repr__(self) -> str:
        return "gone"


GONE = _Gone()


def values() -> dict[str, Any]:
    """Return the example as plain values, fresh each time."""
    value = read_tree(TEXT.encode(), "example.yaml").value
    assert isinstance(value, dict)
    return deepcopy(value)


def changed(changes: Mapping[str, Any]) -> str:
    """Return the example with `changes`: a path of keys joined by "/" → the new value, or GONE.

    The answer is JSON, which is YAML too.
    """
    found: Any = values()
    for path, new in changes.items():
        *around, key = path.split("/")
        node = found
        for step in around:
            node = node[int(step) if isinstance(node, list) else step]
        if new is GONE:
            del node[key]
        elif isinstance(node, list):
            node.append(new)
        else:
            node[key] = new
    return json.dumps(found, indent=1, ensure_ascii=False)


def checked(changes: Mapping[str, Any]) -> Checked:
    """Return what `check` finds in the example with `changes`."""
    return check_promise_text(changed(changes), name="promise.yaml")


def codes(changes: Mapping[str, Any]) -> list[str]:
    """Return the codes found in the example with `changes`, in order."""
    return [finding.code for finding in checked(changes).findings]


def only(found: Checked) -> Finding:
    """Return the one finding there is."""
    assert len(found.findings) == 1, [str(finding) for finding in found.findings]
    return found.findings[0]
