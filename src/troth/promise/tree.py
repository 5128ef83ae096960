"""From the bytes of a file to plain values that know where they stand.

The reader takes the part of YAML 1.2 that a promise needs: maps, lists, texts, numbers, true, false, null. It
works on parser events, builds nothing from tags and never expands an alias, so a small file can't grow in memory.
Country ``NO`` and a date stay text: only the YAML 1.2 core schema gives a plain word another meaning
(https://yaml.org/spec/1.2.2/#103-core-schema).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from troth.promise.errors import Finding, Severity
from troth.promise.model import Place

MOST_BYTES = 524_288
"""A promise of a large company is some 50 kB; ten times that is more than anybody signs."""
MOST_DEPTH = 16
"""The format nests seven levels."""
MOST_NODES = 20_000
MOST_FINDINGS = 100
"""More would not help anybody; a file with that many is no promise."""

Scalar: TypeAlias = "str | int | float | bool | None"
Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Path: TypeAlias = tuple[str | int, ...]

_SHOWN = 40
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# Embeddings, overrides and isolates make text read in another order than it is stored (CVE-2021-42574). Languages
# that run from right to left don't need them in a file like this.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}(\.[0-9]{0,18})?)([eE][-+]?[0-9]{1,2})?")

# What the parser says → what a person understands.
_SYNTAX = (
    ("\\t", "A tab stands where spaces are due.", "Indent with spaces."),
    ("mapping values are not allowed", "A colon stands where none can be.", "Put a text with “: ” in quotes."),
    ("quoted scalar", "A text in quotes does not end.", "Close the quotes."),
    ("flow mapping", "A “{” is not closed, or a comma is missing.", "Check the brackets and commas."),
    ("flow sequence", "A “[” is not closed, or a comma is missing.", "Check the brackets and commas."),
    ("flow node", "A bracket is not closed.", "Check the brackets."),
    ("block collection", "This line is not indented like its neighbours.", "Line it up with the keys around it."),
    ("block mapping", "This line is not indented like its neighbours.", "Line it up with the keys around it."),
    ("could not find expected ':'", "A key has no colon.", "Write “key: value”, with a space after the colon."),
    ("cannot start any token", "A text can't begin with this sign.", "Put the text in quotes."),
)


@dataclass(slots=True)
class Tree:
    """What stands in a file.

    Attributes:
        value: the plain values; None when the file can't be read as far as that.
        keys: path of an entry → where its key stands (for an item of a list: the item).
        values: path of an entry → where its value stands.
        findings: what is wrong so far.
        whole: False when something could not be taken in, so that checking on would only mislead.
    """

    value: Value = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    whole: bool = True


class _GiveUpError(Exception):
    """Reading on makes no sense; the finding is already noted."""


def shown(text: str) -> str:
    """Return `text` fit to stand in a message: short, printable, in quotes."""
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "“" + "".join(char if char.isprintable() else "�" for char in short) + "”"


def read_tree(data: bytes, name: str) -> Tree:
    """Return the tree of the file `name` whose bytes are `data`. Never raises for what stands in it."""
    tree = Tree()
    start = Place(name, 1, 1)
    if len(data) > MOST_BYTES:
        _note(
            tree,
            "P002",
            start,
            "The file is larger than half a mebibyte.",
            "A promise is short: check the file's name.",
        )
        return tree
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = _place_at(before, len(before), name)
        _note(tree, "P003", place, "The file is not UTF-8 text.", "Save it as UTF-8; a binary file is no promise.")
        return tree
    if strange := _CONTROL.search(text):
        place = _place_at(text, strange.start(), name)
        says = f"A control character (U+{ord(strange[0]):04X}) stands here."
        _note(tree, "P003", place, says, "Delete it; a binary file is no promise.")
        return tree
    for hidden in _REORDERING.finditer(text):
        place = _place_at(text, hidden.start(), name)
        says = f"An invisible sign (U+{ord(hidden[0]):04X}) makes the text read in another order than it is stored."
        _note(tree, "P015", place, says, "Delete the sign; letters that run from right to left need none.")
        if len(tree.findings) >= MOST_FINDINGS:
            return tree
    try:
        _Reader(tree, name).read(text)
    except _GiveUpError:
        tree.whole = False
    except MarkedYAMLError as error:
        _note_syntax(tree, error, start)
    except (YAMLError, ValueError, IndexError, AttributeError):
        # The parser itself stumbles over some broken files with an error that has no place.
        _note(tree, "P005", start, "The file is not YAML.", "Compare it with what “troth init --example” writes.")
    return tree


def _note(tree: Tree, code: str, place: Place, message: str, mend: str) -> None:
    tree.findings.append(Finding(code, Severity.ERROR, place, message, mend))
    tree.whole = False


def _note_syntax(tree: Tree, error: MarkedYAMLError, start: Place) -> None:
    mark = error.problem_mark or error.context_mark
    place = _place_of(mark, start.file) if isinstance(mark, StreamMark) else start
    told = f"{error.context or ''} {error.problem or ''}"
    for sign, message, mend in _SYNTAX:
        if sign in told:
            _note(tree, "P005", place, message, mend)
            return
    _note(tree, "P005", place, "This is not YAML.", "Compare it with what “troth init --example” writes.")


def _place_of(mark: StreamMark, name: str) -> Place:
    return Place(name, mark.line + 1, mark.column + 1)


def _place_at(text: str, offset: int, name: str) -> Place:
    before = re.split(r"\r\n|\r|\n", text[:offset])
    return Place(name, len(before), len(before[-1]) + 1)


class _Reader:
    """Turns parser events into values, once, and notes what a promise can't hold."""

    def __init__(self, tree: Tree, name: str) -> None:
        self._tree = tree
        self._name = name
        self._nodes = 0
        self._skipping = 0
        self._events: Iterator[Event] = iter(())

    def read(self, text: str) -> None:
        parser = YAML(typ="safe", pure=True)
        self._events = iter(parser.parse(text))
        next(self._events)  # the stream starts
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            self._refuse("P004", event, "The file is empty.", "“troth init” writes a promise to begin with.")
        self._check_head(event, text)
        self._tree.value = self._value(next(self._events), (), 1)
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, StreamEndEvent):
            self._refuse("P005", event, "A second document begins here.", "One file holds one promise: delete “---”.")

    def _check_head(self, event: Event, text: str) -> None:
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            offset = text.index("%") if text.startswith("%") else text.index("\n%") + 1
            place = _place_at(text, offset, self._name)
            _note(
                self._tree, "P008", place, "A “%” line stands above the promise.", "Delete it: a promise is YAML 1.2."
            )

    def _value(self, event: Event, path: Path, depth: int) -> Value:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(
                "P009", event, f"More than {MOST_NODES} entries.", "A promise is short: check the file's name."
            )
        if depth > MOST_DEPTH:
            self._refuse(
                "P009", event, f"Nested deeper than {MOST_DEPTH} levels.", "No key of a promise is that deep."
            )
        self._check_node(event)
        if not self._skipping:
            self._tree.values[path] = self._place(event)
        if isinstance(event, MappingStartEvent):
            return self._map(path, depth)
        if isinstance(event, SequenceStartEvent):
            return self._list(path, depth)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        return None  # an alias, noted already

    def _check_node(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
            self._note("P007", event, "Anchors (&) and aliases (*) have no place here.", "Write the value out.")
        tag = getattr(event, "ctag", None)
        if tag is not None and not isinstance(event, AliasEvent):
            self._note("P008", event, "Tags (!) have no place here.", "Delete the tag; put text in quotes.")

    def _map(self, path: Path, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._value_of_key(event, depth)
            here = self._place(event)
            double = isinstance(key, str) and key in found
            if isinstance(key, str) and double:
                first = self._tree.keys.get((*path, key))
                says = f"The key {shown(key)} stands here a second time" + (
                    f" (first in line {first.line})." if first else "."
                )
                self._note("P006", event, says, "Keep one of them.", whole=True)
            skip = double or not isinstance(key, str)
            self._skipping += skip
            name = key if isinstance(key, str) else "?"
            if not self._skipping:
                self._tree.keys[*path, name] = here
            value = self._value(next(self._events), (*path, name), depth + 1)
            self._skipping -= skip
            if not skip:
                found[name] = value
        return found

    def _value_of_key(self, event: Event, depth: int) -> Value:
        self._skipping += 1
        key = self._value(event, (), depth + 1)
        self._skipping -= 1
        if not isinstance(key, str) and not isinstance(event, AliasEvent):
            says = "A key must be a word; this one is a number, true, false, nothing or a list."
            self._note("P010", event, says, "Put the key in quotes if it is meant.")
        return key

    def _list(self, path: Path, depth: int) -> list[Value]:
        found: list[Value] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            inner = (*path, len(found))
            value = self._value(event, inner, depth + 1)
            if not self._skipping:
                self._tree.keys[inner] = self._place(event)
                if isinstance(value, str):  # `data: [email, orders]` says the same as a map: findable by name too
                    self._tree.keys.setdefault((*path, value), self._place(event))
            found.append(value)
        return found

    def _place(self, event: Event) -> Place:
        return _place_of(event.start_mark, self._name)

    def _note(self, code: str, event: Event, message: str, mend: str, *, whole: bool = False) -> None:
        self._tree.findings.append(Finding(code, Severity.ERROR, self._place(event), message, mend))
        self._tree.whole = self._tree.whole and whole
        if len(self._tree.findings) >= MOST_FINDINGS:
            raise _GiveUpError

    def _refuse(self, code: str, event: Event, message: str, mend: str) -> None:
        self._note(code, event, message, mend)
        raise _GiveUpError


def _scalar(event: ScalarEvent) -> Scalar:
    text = str(event.value)
    if event.style not in {None, ""}:  # in quotes, or a block: always text
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
