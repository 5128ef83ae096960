"""Reading grades are near what people count by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.promise.readability import flesch_kincaid, grade, lix, sentences, syllables, words

COUNTED = [
    *[
        (word, 1)
        for word in ("cat", "time", "liked", "makes", "we", "shop", "through", "bought", "looks", "pages"[:4])
    ],
    *[(word, 2) for word in ("order", "wanted", "table", "garden", "letter", "boxes", "email", "being", "pages")],
    *[(word, 3) for word in ("suggestion", "customer", "idea", "radio", "delivery"[:6] + "ant", "deliver")],
    *[(word, 4) for word in ("category", "information", "identity")],
]


def test_syllables_of_common_words_are_right_nine_times_in_ten() -> None:
    right = sum(syllables(word) == count for word, count in COUNTED)
    assert right / len(COUNTED) >= 0.9, [(word, syllables(word)) for word, n in COUNTED if syllables(word) != n]


@pytest.mark.parametrize(
    ("text", "count"),
    [("One. Two! Three?", 3), ("No stop", 1), ("We pay 3.50 for it.", 1), ("See larkfield.example now.", 1), ("", 0)],
)
def test_sentences_end_at_their_stops(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_word_is_a_word_in_every_script() -> None:
    assert words("Don’t e-mail 42 people: gwasanaeth, Straße, عنوان") == [
        "Don’t",
        "e-mail",
        "people",
        "gwasanaeth",
        "Straße",
        "عنوان",
    ]


def test_flesch_kincaid_follows_its_formula() -> None:
    # 6 words of one syllable in one sentence: 0.39 * 6 + 11.8 * 1 - 15.59.
    assert flesch_kincaid("The cat sat on the mat.") == pytest.approx(-1.45)


def test_lix_follows_its_formula() -> None:
    # 4 words, 1 sentence, 2 words of more than six letters: 4 + 100 * 2 / 4.
    assert lix("Vi handlar blommor idag.") == pytest.approx(54.0)


EASY = "We note it as you browse our shop. You can stop this when you like."
HARD = (
    "Notwithstanding the aforementioned provisions, personalisation functionalities necessitate comprehensive "
    "aggregation of behavioural information originating from heterogeneous interactional environments."
)


def test_plain_words_take_few_school_years_and_officialese_many() -> None:
    easy, hard = grade(EASY, "en"), grade(HARD, "en-GB")
    assert easy is not None
    assert hard is not None
    assert easy < 5
    assert hard > 16
    easy, hard = grade(EASY * 2, "cy"), grade(HARD * 2, "cy")
    assert easy is not None
    assert hard is not None
    assert easy < 5
    assert hard > 12


def test_a_few_words_have_no_grade() -> None:
    assert grade("Comprehensive personalisation functionalities", "en") is None
    assert grade("Gwasanaethau personoledig " * 9, "cy") is None


@given(st.text(max_size=200), st.sampled_from(["en", "cy", "pt-BR"]))
def test_any_text_has_a_grade_or_none(text: str, language: str) -> None:
    found = grade(text, language)
    assert found is None or 0 <= found < 2000
