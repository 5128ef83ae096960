"""The only way from a file to a promise.

1. Bytes become plain values that know where they stand (`tree`).
2. Plain values must have the shape of a promise (`shape`).
3. What is said must hold together (`rules`).

Each step reports all it finds. Unknown and double keys don't hide what the next step would say; anything else wrong
in one step does, because the next would only guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from troth.canonical import sha256
from troth.promise.build import build
from troth.promise.errors import Finding, PromiseError, Severity, in_file_order
from troth.promise.fields import nearest
from troth.promise.model import Place, Promise
from troth.promise.rules.every import check_rules
from troth.promise.shape import PromiseShape
from troth.promise.tree import MOST_BYTES, MOST_FINDINGS, Path, Tree, Value, read_tree, shown

# Pydantic's word for what is wrong → code, what is wrong, how to mend it.
_KINDS = {
    "int_type": ("P013", "A whole number is due here.", "Write it in digits, without quotes."),
    "list_type": ("P013", "A list is due here.", "Write it as [one, two]."),
    "dict_type": ("P013", "A map is due here.", "Write indented lines of “key: value” below it."),
    "model_type": ("P013", "A map is due here.", "Write indented lines of “key: value” below it."),
    "too_short": ("P013", "Nothing is listed here.", "Add at least one."),
    "greater_than_equal": ("P014", "The number is too small.", "Write {ge} or more."),
    "less_than_equal": ("P014", "The number is too large.", "Write {le} or less."),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a file.

    Attributes:
        promise: None when an error stands in its way.
        findings: errors and warnings, in the order of the file.
    """

    promise: Promise | None
    findings: tuple[Finding, ...]


def read_promise(path: FilePath) -> Promise:
    """Return the promise in the file at `path`.

    Raises:
        PromiseError: the file can't be read or breaks a rule; it carries every finding.
    """
    return _or_raise(check_promise(path))


def read_promise_text(text: bytes | str, *, name: str) -> Promise:
    """Return the promise that `text` holds; `name` stands for the file in places.

    Raises:
        PromiseError: the text can't be read or breaks a rule; it carries every finding.
    """
    return _or_raise(check_promise_text(text, name=name))


def check_promise(path: FilePath) -> Checked:
    """Return what stands in the file at `path`: the promise, or what keeps it from being one."""
    try:
        if path.is_dir():
            raise IsADirectoryError
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        finding = Finding("P001", Severity.ERROR, Place(str(path), 1, 1), *_unreadable(error))
        return Checked(None, (finding,))
    return check_promise_text(data, name=str(path))


def _unreadable(error: Exception) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "There is no such file.", "Check the name; “troth init” writes a promise to begin with."
    if isinstance(error, IsADirectoryError):
        return "This is a folder.", "Name the file in it, e.g. promise.yaml."
    if isinstance(error, PermissionError):
        return "The file may not be read.", "Give yourself the right to read it."
    return "The file can't be read.", "Check its name and its disk."


def check_promise_text(text: bytes | str, *, name: str) -> Checked:
    """Return what stands in `text`: the promise, or what keeps it from being one."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    tree = read_tree(data, name)
    if not tree.whole:
        return Checked(None, in_file_order(tree.findings))
    shape = _shape(tree, name)
    if shape is None:
        return Checked(None, in_file_order(tree.findings[:MOST_FINDINGS]))
    places = {".".join(map(str, path)): place for path, place in tree.keys.items()}
    promise = build(shape, places=places, fingerprint=sha256(data).hex())
    findings = in_file_order([*tree.findings, *check_rules(promise, Place(name, 1, 1))])
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return Checked(None if broken else promise, findings)


def recall_promise(text: bytes, *, name: str) -> Promise:
    """Return the promise that `text` held when it was recorded; `name` stands for the file in places.

    Rules that came later don't hold for it: what was promised is what was promised.

    Raises:
        PromiseError: the text has not the shape of a promise any more.
    """
    tree = read_tree(text, name)
    shape = _shape(tree, name) if tree.whole else None
    if shape is None:
        raise PromiseError(in_file_order(tree.findings))
    places = {".".join(map(str, path)): place for path, place in tree.keys.items()}
    return build(shape, places=places, fingerprint=sha256(text).hex())


def _or_raise(checked: Checked) -> Promise:
    if checked.promise is None:
        raise PromiseError(checked.findings)
    return checked.promise


def _shape(tree: Tree, name: str) -> PromiseShape | None:
    start = Place(name, 1, 1)
    if not isinstance(tree.value, dict):
        says = "A promise begins with keys such as “troth: 1” and “company:”."
        mend = "Compare the file with what “troth init --example” writes."
        tree.findings.append(Finding("P013", Severity.ERROR, tree.values.get((), start), says, mend))
        return None
    try:
        return PromiseShape.model_validate(tree.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    other = [detail for detail in details if detail["type"] != "extra_forbidden"]
    tree.findings.extend(_finding(detail, tree, start) for detail in [*unknown, *other])
    if other:
        return None
    for detail in unknown:
        _remove(tree.value, detail["loc"])
    return PromiseShape.model_validate(tree.value)


def _remove(value: Value, path: Path) -> None:
    for step in path[:-1]:
        if isinstance(value, dict):
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    if isinstance(value, dict):
        del value[str(path[-1])]


def _finding(detail: ErrorDetails, tree: Tree, start: Place) -> Finding:
    path = detail["loc"]
    kind = detail["type"]
    if kind == "missing":
        return Finding("P012", Severity.ERROR, _nearest_place(tree.keys, path[:-1], start), *_missing(path))
    if kind == "extra_forbidden":
        return Finding("P011", Severity.ERROR, tree.keys.get(path, start), *_unknown(path))
    if path and path[-1] == "[key]":
        place = _nearest_place(tree.keys, path[:-1], start)
    elif detail["input"] is None:
        place = _nearest_place(tree.keys, path, start)
        if kind != "promise":
            return Finding("P013", Severity.ERROR, place, "Nothing stands here.", "Fill it in, or delete the key.")
    else:
        place = _nearest_place(tree.values, path, start)
    return Finding(_code(kind), Severity.ERROR, place, *_wrong(detail))


def _code(kind: str) -> str:
    return _KINDS[kind][0] if kind in _KINDS else "P014"


def _wrong(detail: ErrorDetails) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "promise":
        return str(context["says"]), str(context["mend"])
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "")
        given = detail["input"]
        says = (
            f"{shown(given)} is not among the choices."
            if isinstance(given, str)
            else "This is not among the choices."
        )
        return says, f"Write {choices}."
    if kind in _KINDS:
        _, says, mend = _KINDS[kind]
        return says, mend.format(**context)
    return "This is not understood.", "Compare it with the reference, docs/reference/promise.md."


def _nearest_place(places: Mapping[Path, Place], path: Path, start: Place) -> Place:
    """Return the place of `path`, or of the closest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if found := places.get(path[:length]):
            return found
    return start


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _missing(path: Path) -> tuple[str, str]:
    *around, key = path
    where = f"{shown(_dotted(tuple(around)))} has" if around else "The promise has"
    description = _known_keys(tuple(around)).get(str(key), "")
    return f"{where} no “{key}”.", f"Add “{key}: …”. {description}".strip()


def _unknown(path: Path) -> tuple[str, str]:
    *around, key = path
    known = sorted(_known_keys(tuple(around)))
    meant = nearest(str(key), known)
    where = f" of {shown(_dotted(tuple(around)))}" if around else " of a promise"
    return (
        f"{shown(str(key))} is no key{where}.",
        f"Did you mean “{meant}”?" if meant else f"Keys here: {', '.join(known)}.",
    )


@cache
def _schema() -> dict[str, Any]:
    return PromiseShape.model_json_schema()


def _known_keys(path: Path) -> dict[str, str]:
    """Return the keys that may stand at `path`, with what each is for."""
    node = _resolve(_schema())
    for step in path:
        below = node.get("properties", {}).get(str(step))
        if below is None:
            patterns = list(node.get("patternProperties", {}).values())
            below = patterns[0] if patterns else node.get("additionalProperties", node.get("items"))
        node = _resolve(below) if isinstance(below, dict) else {}
    found = node.get("properties", {})
    return {key: value.get("description") or _resolve(value).get("description", "") for key, value in found.items()}


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and of several forms take the one that has keys."""
    if "$ref" in node:
        return _resolve(_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for form in node.get("anyOf", []):
        resolved = _resolve(form)
        if "properties" in resolved or "patternProperties" in resolved:
            return resolved
    return node
