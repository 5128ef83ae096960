import contextlib
import json
import time

import pytest

from troth.consent.linked.strict_json import DEEPEST, LONGEST_BYTES, load
from troth.consent.records import read
from troth.errors import InputError


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "record_not_json"),
        ("{", "record_not_json"),
        ('{"a": 1,}', "record_not_json"),
        ("{'a': 1}", "record_not_json"),
        ('{"a": 1} {"a": 1}', "record_not_json"),
        ("\x00", "record_not_json"),
        (b"\xff\xfe", "record_not_text"),
        ('"\\ud800"', "record_not_text"),
        ('{"\\udfff": 1}', "record_not_text"),
        ("NaN", "record_number"),
        ("[-Infinity]", "record_number"),
        ("1e999", "record_number"),
        ("9007199254740992", "record_number"),
        ("1" * 5000, "record_number"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "record_too_deep"),
        ("[" * 500_000, "record_too_deep"),
        ('{"a":' * 150_000, "record_too_deep"),
        ('{"@id": "a", "@id": "b"}', "record_keyword_twice"),
        ('{"x": {"@context": {}, "@context": {}}}', "record_keyword_twice"),
        ("[" + "0," * (LONGEST_BYTES // 2) + "0]", "record_too_long"),
        (b'{"a": "' + b"x" * 10_000_000 + b'"}', "record_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("record_") else repr(value)[:24],
)
def test_what_is_not_bounded_json_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        load(text)
    assert refused.value.code == code


def test_a_slip_is_told_with_its_line_and_column() -> None:
    with pytest.raises(InputError, match="line 2, column 4") as refused:
        load('{"a": 1,\n   b: "jane.doe@example.com"}')
    assert "jane" not in str(refused.value)


def test_the_deepest_that_is_read_is_read() -> None:
    deepest = "[" * DEEPEST + "1" + "]" * DEEPEST
    assert json.dumps(load(deepest)) == deepest


def test_a_byte_order_mark_is_no_part_of_the_record() -> None:
    assert load(b'\xef\xbb\xbf{"a": 9007199254740991}') == {"a": 9007199254740991}


def test_a_name_that_stands_twice_has_both_values_in_order() -> None:
    assert load('{"a": 1, "b": 2, "a": [3, 4], "a": {"c": 5, "c": 6}}') == {"a": [1, 3, 4, {"c": [5, 6]}], "b": 2}


@pytest.mark.parametrize(
    "text",
    [
        "{" + ",".join(['"a":1'] * 150_000) + "}",
        '{"@type":"dpv:ConsentRecord","dct:description":[' + ",".join(['{"@value":"x"}'] * 60_000) + "]}",
        '{"@type":"dpv:ConsentRecord","dct:title":[' + ",".join(['{"@value":"x","@language":"de"}'] * 30_000) + "]}",
        '{"@context":{"a":"https://'
        + "x" * 480
        + '"},"@type":"dpv:ConsentRecord","x":['
        + ",".join(['"a:b"'] * 150_000)
        + "]}",
        '{"@type":"dpv:ConsentRecord","x":[' + ",".join(['{"@context":{"a":"b"}}'] * 40_000) + "]}",
        '{"@type":"dpv:ConsentRecord","dpv:hasProcess":[' + ",".join(["{}"] * 300_000) + "]}",
    ],
    ids=["a name many times", "many values", "many languages", "a long prefix", "many contexts", "many nodes"],
)
@pytest.mark.slow
def test_the_worst_text_of_the_greatest_length_costs_seconds_and_not_minutes(text: str) -> None:
    assert len(text) <= LONGEST_BYTES
    began = time.process_time()
    with contextlib.suppress(InputError):
        read(text)
    assert time.process_time() - began < 20
