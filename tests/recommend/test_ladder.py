import pytest

from troth.recommend.ladder import Footing, Rung, below, choose, words


@pytest.mark.parametrize(
    ("footing", "rung"),
    [
        (Footing(own=3, session=0, sold=True, settled=True), Rung.PERSONAL),
        (Footing(own=3, session=2, sold=True, settled=True), Rung.PERSONAL),
        (Footing(own=0, session=2, sold=True, settled=True), Rung.SESSION),
        (Footing(own=0, session=0, sold=True, settled=True), Rung.BEST_SELLERS),
        (Footing(own=0, session=0, sold=False, settled=True), Rung.CATALOGUE),
        (Footing(own=3, session=2, sold=False, settled=True), Rung.CATALOGUE),
        (Footing(own=3, session=2, sold=True, settled=False), Rung.CATALOGUE),
        (Footing(own=0, session=0, sold=True, settled=False), Rung.CATALOGUE),
    ],
)
def test_each_footing_has_its_rung(footing: Footing, rung: Rung) -> None:
    assert choose(footing) is rung


def test_every_rung_says_what_it_is_in_its_own_words() -> None:
    assert len({words(rung) for rung in Rung}) == len(Rung)
    assert all(words(rung).endswith(".") for rung in Rung)


def test_a_rung_with_nothing_to_show_gives_way_to_the_next_lower_one() -> None:
    footing, seen = Footing(own=2, session=1, sold=True, settled=True), []
    for _ in Rung:
        rung = choose(footing)
        seen.append(rung)
        footing = below(footing, rung)
    assert seen == list(Rung)
