"""The file is read defensively: what YAML can do and a promise need not is refused, at its place."""

import time
import tracemalloc

import pytest

from troth.promise.tree import MOST_BYTES, read_tree


def found(data: bytes | str) -> list[tuple[str, int, int]]:
    tree = read_tree(data.encode() if isinstance(data, str) else data, "p.yaml")
    return [(finding.code, finding.place.line, finding.place.column) for finding in tree.findings]


REFUSED: list[tuple[str, bytes, list[tuple[str, int, int]]]] = [
    ("an empty file", b"", [("P004", 1, 1)]),
    ("a file of comments", b"# nothing\n\n# else\n", [("P004", 4, 1)]),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", [("P003", 1, 1)]),
    ("a NUL", b"troth: 1\nname: a\x00b\n", [("P003", 2, 8)]),
    ("an escape sign", b"name: \x1b[31m\n", [("P003", 1, 7)]),
    ("Latin-1", "a: 1\nname: Café".encode("latin-1"), [("P003", 2, 10)]),
    ("UTF-16", "troth: 1".encode("utf-16"), [("P003", 1, 1)]),
    ("half a letter", b"name: caf\xc3", [("P003", 1, 10)]),
    ("a line separator", "a: b\u2028c".encode(), [("P003", 1, 5)]),
    ("text in another order", "a: b\nc: d\u202ee".encode(), [("P015", 2, 5)]),
    ("a double key", b"a: 1\nb: 2\na: 3\n", [("P006", 3, 1)]),
    ("a double key within", b"a:\n  b: 1\n  b: 2\n", [("P006", 3, 3)]),
    ("double keys in braces", b"a: {b: 1, b: 2, c: 1, c: 2}\n", [("P006", 1, 11), ("P006", 1, 23)]),
    ("an anchor", b"a: &x 1\n", [("P007", 1, 4)]),
    ("an anchor and its alias", b"a: &x 1\nb: *x\n", [("P007", 1, 4), ("P007", 2, 4)]),
    ("an alias as a key", b"a: &x b\n*x : 1\n", [("P007", 1, 4), ("P007", 2, 1)]),
    ("a tag", b"a: !thing 1\n", [("P008", 1, 4)]),
    ("a standard tag", b"a: !!str 1\n", [("P008", 1, 4)]),
    ("a Python object", b"a: !!python/object/apply:os.system [id]\n", [("P008", 1, 4)]),
    ("a directive", b"%YAML 1.1\n---\na: 1\n", [("P008", 1, 1)]),
    ("two documents", b"a: 1\n---\nb: 2\n", [("P005", 2, 1)]),
    ("a tab", b"a:\n\tb: 1\n", [("P005", 2, 1)]),
    ("an open quote", b'a: "b\n', [("P005", 2, 1)]),
    ("an open bracket", b"a: [b\n", [("P005", 2, 1)]),
    ("two colons", b"a: b: c\n", [("P005", 1, 5)]),
    ("a crooked line", b"a:\n  b: 1\n c: 2\n", [("P005", 3, 2)]),
    ("a number as a key", b"16: a\n", [("P010", 1, 1)]),
    ("true as a key", b"true: a\n", [("P010", 1, 1)]),
    ("nothing as a key", b": a\n", [("P010", 1, 1)]),
    ("a list as a key", b"? [a, b]\n: c\n", [("P010", 1, 3)]),
    ("deep nesting", b"[" * 40 + b"]" * 40, [("P009", 1, 17)]),
    ("many entries", b"- a\n" * 20_001, [("P009", 20_000, 3)]),
    ("a large file", b"#" * (MOST_BYTES + 1), [("P002", 1, 1)]),
]


@pytest.mark.parametrize(("data", "expected"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_has_no_place_in_a_promise_is_refused_at_its_place(
    data: bytes, expected: list[tuple[str, int, int]]
) -> None:
    assert found(data) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: NO", {"a": "NO"}),
        ("a: yes", {"a": "yes"}),
        ("a: {question: q, yes: y, no: n}", {"a": {"question": "q", "yes": "y", "no": "n"}}),
        ("a: 2026-11-22", {"a": "2026-11-22"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 010", {"a": 10}),
        ("a: '1'", {"a": "1"}),
        ("a: 1.50", {"a": 1.5}),
        ("a: " + "9" * 5000, {"a": "9" * 5000}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: true", {"a": True}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: <<", {"a": "<<"}),
        ("<<: {b: 1}", {"<<": {"b": 1}}),
        ("a: مرحبا", {"a": "مرحبا"}),
        ("﻿a: 1", {"a": 1}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ],
)
def test_words_stay_words_as_in_yaml_1_2(text: str, value: object) -> None:
    tree = read_tree(text.encode(), "p.yaml")
    assert tree.findings == []
    assert tree.value == value


def test_a_key_written_twice_keeps_its_first_value() -> None:
    tree = read_tree(b"a: 1\na: 2\n", "p.yaml")
    assert tree.value == {"a": 1}
    assert tree.whole


def test_keys_and_values_know_where_they_stand() -> None:
    tree = read_tree(b"a:\n  - x\n  - b: {c: d}\n", "p.yaml")
    keys = {path: (place.line, place.column) for path, place in tree.keys.items()}
    assert keys == {
        ("a",): (1, 1),
        ("a", 0): (2, 5),
        ("a", "x"): (2, 5),
        ("a", 1): (3, 5),
        ("a", 1, "b"): (3, 5),
        ("a", 1, "b", "c"): (3, 9),
    }
    assert (tree.values["a", 1, "b", "c"].line, tree.values["a", 1, "b", "c"].column) == (3, 12)


def test_columns_count_letters_after_a_byte_order_mark() -> None:
    assert found("\ufeffé: 1\né: 2".encode()) == [("P006", 2, 1)]
    assert found("é: ü: 1".encode()) == [("P005", 1, 5)]


def _bomb(levels: int) -> bytes:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines).encode()


SLOW = [
    ("a billion laughs", _bomb(10)),
    ("brackets", b"[" * 500_000),
    ("braces", b"{" * 500_000),
    ("dashes", b"- " * 250_000),
    ("question marks", b"? " * 250_000),
    ("colons", b":" * 500_000),
    ("keys in keys", b"a: " * 170_000),
    ("anchors", b"&a " * 170_000),
    ("many double keys", b"a: 1\n" * 100_000),
    ("many aliases", b"a: [" + b"*a, " * 125_000),
    ("many tags", b"a: [" + b"!x y, " * 85_000),
    ("an endless quote", b'a: "' + b"x\n " * 170_000),
    ("blank lines", b"\n" * 500_000),
]


@pytest.mark.parametrize("data", [case[1] for case in SLOW], ids=[case[0] for case in SLOW])
def test_a_file_made_to_exhaust_is_refused_at_once(data: bytes) -> None:
    before = time.process_time()
    tree = read_tree(data, "p.yaml")
    assert tree.findings
    assert not tree.whole
    assert len(tree.findings) <= 100
    assert time.process_time() - before < 2


def test_a_bomb_takes_little_time_and_memory() -> None:
    before = time.process_time()
    assert {code for code, _, _ in found(_bomb(10))} == {"P007"}
    assert time.process_time() - before < 1
    tracemalloc.start()
    read_tree(_bomb(10), "p.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
