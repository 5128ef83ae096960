"""The JSON Schema accepts what the reader accepts, and helps an editor with the rest."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from installations import GARDEN
from promise.examples import GONE, changed, values
from troth.promise.export import gpc, json_schema
from troth.promise.read import check_promise_text, read_promise

VALIDATOR = Draft202012Validator(json_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_example_fits() -> None:
    assert list(VALIDATOR.iter_errors(values())) == []


MISSHAPEN: list[dict[str, Any]] = [
    {"company": GONE},
    {"company/slogan": "Grow!"},
    {"company/name": 1848},
    {"company/country": "gb"},
    {"company/languages": []},
    {"company/site": "larkfield.example"},
    {"version/number": 0},
    {"version/number": "4"},
    {"version/from": "22 November"},
    {"data/orders/keep": "a while"},
    {"data/orders/sensitivity": 6},
    {"data/orders/source": "bought"},
    {"data/Orders!": {}},
    {"data/email/title": {"English": "Your email"}},
    {"data/email/title": ""},
    {"purposes/service/data": "email"},
    {"purposes/suggestions/data/orders/maybe": "Perhaps."},
    {"purposes/newsletter/at_most": "weekly"},
    {"roles/support/may": {"service": "everything"}},
    {"never/x": {"act": "think"}},
    {"deadlines/access": "soon"},
    {"brand/colour": "green"},
    {"listening/answer": "5 days"},
    {"troth": 2},
]


@pytest.mark.parametrize("changes", MISSHAPEN, ids=str)
def test_schema_and_reader_refuse_the_same(changes: dict[str, Any]) -> None:
    text = changed(changes)
    assert list(VALIDATOR.iter_errors(json.loads(text)))
    assert check_promise_text(text, name="p.yaml").promise is None


def test_every_key_has_words_for_the_editor() -> None:
    schema = json_schema()
    for name, shape in schema["$defs"].items():
        for key, value in shape["properties"].items():
            assert value.get("description") or "$ref" in value or "anyOf" in value, f"{name}.{key}"
        assert shape["description"], name


def test_every_promise_says_that_it_heeds_signals_and_since_when() -> None:
    assert gpc(read_promise(GARDEN)) == {"gpc": True, "lastUpdate": "2020-01-01"}
