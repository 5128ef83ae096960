"""What a no means must not frighten."""

import pytest

from troth.promise.threats import LANGUAGES, threatens

THREATS = [
    ("en", "You pay a little more for delivery."),
    ("en", "You won't get our member price."),
    ("en", "No discount for you."),
    ("en", "There is a small fee."),
    ("en", "You lose our phone support."),
    ("en", "Support will be slower."),
    ("en", "Your account will be closed."),
    ("en", "You cannot return things."),
    ("en", "Fine. But you will have limited access."),
    ("en-GB", "Returns take longer."),
    ("cy", "Byddwch yn talu mwy."),
    ("cy", "Byddwch yn colli ein gwasanaeth."),
    ("de", "Sie zahlen etwas mehr."),
    ("de", "Ohne Ihr Ja gibt es keinen Support."),
    ("fr", "Vous payez plus cher."),
    ("fr", "Vous perdez notre assistance."),
]
HARMLESS = [
    ("en", "We show best sellers. Returns still work."),
    ("en", "No letters. Order updates still come."),
    ("en", "We don't use your orders for this."),
    ("en", "You pay the same price."),
    ("en", "We forget each page. The shop works the same."),
    ("en", "You see what everyone sees."),
    ("en", "You get the same letter as all others."),
    ("en", "Service and support stay as they are."),
    ("cy", "Dim llythyrau. Mae dychwelyd nwyddau yn dal i weithio."),
    ("cy", "Dangoswn y pethau mwyaf poblogaidd."),
    ("de", "Wir zeigen Bestseller. Rücksendungen gehen weiterhin."),
    ("fr", "Nous montrons les meilleures ventes."),
]


@pytest.mark.parametrize(("language", "text"), THREATS)
def test_a_threat_is_found(language: str, text: str) -> None:
    assert threatens(text, language)


@pytest.mark.parametrize(("language", "text"), HARMLESS)
def test_an_honest_no_passes(language: str, text: str) -> None:
    assert not threatens(text, language)


def test_a_language_without_a_list_is_not_tested() -> None:
    assert "fi" not in LANGUAGES
    assert not threatens("Maksat enemmän.", "fi")
