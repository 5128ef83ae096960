import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from installations import NOW
from troth.app import App
from troth.errors import InputError
from troth.identity.model import IdKind
from troth.identity.naming import normalised


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        ("  ana@example.com ", "ana@example.com"),
        ("Zoe\u0308@example.com", "zo\u00eb@example.com"),
        ("a.n.a+garden@example.com", "a.n.a+garden@example.com"),
        ("Straße@example.com", "straße@example.com"),
    ],
    ids=["capitals", "spaces around", "two spellings of one letter", "dots and tags stay", "no letter becomes two"],
)
def test_an_address_has_one_spelling(typed: str, spelled: str) -> None:
    assert normalised(typed, IdKind.EMAIL) == spelled


@pytest.mark.parametrize(
    "typed", ["", "@", "ana", "ana@", "@example.com", "ana b@example.com", "ana@\u00a0example.com"]
)
def test_what_is_no_address_is_refused_and_not_quoted(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        normalised(typed, IdKind.EMAIL)
    assert typed == "" or typed not in str(refused.value).replace("ana@example.com", "") or typed == "@"


@given(st.sampled_from(IdKind), st.text(max_size=40), st.text(max_size=10))
def test_normal_stays_normal_for_every_kind(kind: IdKind, text: str, host: str) -> None:
    typed = f"{text}@{host}" if kind is IdKind.EMAIL else text
    try:
        one = normalised(typed, kind)
    except InputError:
        assume(False)  # noqa: FBT003 - hypothesis takes it by place
    assert normalised(one, kind) == one
    assert unicodedata.is_normalized("NFC", one)


def test_the_same_text_is_another_identifier_under_another_kind(app: App) -> None:
    text = "ana@example.com"
    numbers = [app.identity.obtain(text, now=NOW, kind=kind) for kind in IdKind]
    assert len(set(numbers)) == len(IdKind)
    assert [app.identity.find(text, kind) for kind in IdKind] == numbers
    assert app.identity.find("ANA@example.com", IdKind.EMAIL) == numbers[list(IdKind).index(IdKind.EMAIL)]
    assert app.identity.find("ANA@example.com") is None
