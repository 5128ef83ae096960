import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.canonical import JSON, canonical_json, keyed_hash


def test_keys_strings_and_literals_are_spelled_as_rfc_8785_spells_them() -> None:
    value: JSON = {"numbers": [333333333, 0], "string": '€$\nA\'B"\\\\"/', "literals": [None, True, False]}
    spelled = '{"literals":[null,true,false],"numbers":[333333333,0],"string":"€$\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical_json(value) == spelled.encode()


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 2**53, -(2**53), {"\U0001f600": 1}, {"a": [0.0]}, b"bytes", {1, 2}],
    ids=[
        "a float",
        "not a number",
        "too large",
        "too small",
        "a key beyond the plane",
        "a float inside",
        "bytes",
        "a set",
    ],
)
def test_what_has_two_spellings_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)  # type: ignore[arg-type] # the point of the test


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), inner),
    max_leaves=20,
)


@given(_json)
def test_it_is_the_spelling_of_the_standard_library_without_spaces_and_escapes(value: object) -> None:
    import json

    spelled = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(value) == spelled.encode()  # type: ignore[arg-type] # built to be JSON


@given(_json)
def test_key_order_does_not_matter_and_the_value_comes_back(value: object) -> None:
    import json

    spelled = canonical_json(value)  # type: ignore[arg-type] # built to be JSON
    assert json.loads(spelled) == value
    if isinstance(value, dict):
        assert canonical_json(dict(reversed(value.items()))) == spelled


@given(st.lists(st.binary(), max_size=4), st.lists(st.binary(), max_size=4))
def test_different_parts_have_different_hashes(one: list[bytes], other: list[bytes]) -> None:
    assert (keyed_hash(b"k", *one) == keyed_hash(b"k", *other)) == (one == other)


def test_another_key_gives_another_hash() -> None:
    assert keyed_hash(b"k", b"a") != keyed_hash(b"l", b"a")
