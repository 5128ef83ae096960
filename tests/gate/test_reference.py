import pytest

from gate.reference import World, allowed
from gate.small_model import askers, customers, disagreement, versions
from troth.gate.decide import decide


@pytest.mark.slow
def test_the_gate_and_a_second_telling_of_the_rules_agree_on_every_customer() -> None:
    assert disagreement(decide, customers()) is None


@pytest.mark.slow
def test_the_gate_and_a_second_telling_of_the_rules_agree_on_everybody_who_asks() -> None:
    assert disagreement(decide, askers()) is None


@pytest.mark.slow
def test_the_gate_and_a_second_telling_of_the_rules_agree_on_every_promise_before() -> None:
    assert disagreement(decide, versions()) is None


@pytest.mark.slow
def test_the_small_model_has_a_yes_and_a_no_to_everything() -> None:
    worlds: list[World] = [*customers(), *askers(), *versions()]
    assert len(worlds) > 40_000
    sizes = {len(allowed(world)) for world in worlds}
    assert sizes == {0, 1, 2, 3}
