"""What the page says about an opt-out signal is true of the promise at hand."""

from dataclasses import replace
from datetime import date

import pytest

from installations import GARDEN, NOW
from troth.gate.decide import Verdict
from troth.gate.reasons import Code, Refusal
from troth.gate.state import Grant
from troth.promise.model import Basis, Clause, Contract, Promise, Purpose, Recipient, RecipientRole, Text
from troth.promise.read import read_promise
from troth.web.customer.opting import signal

PROMISE = read_promise(GARDEN)
ASKS = "Your browser asks us not to sell your data, or share it with others for their own use."


def _with(basis: Basis, use: str = "third_party_sharing", law: str = "") -> Promise:
    asked = PROMISE.purposes["suggestions"].data["orders"]
    purpose = Purpose("partners", Text({"en": "Partners"}), use, basis, {"orders": asked}, None, law=law)
    return replace(PROMISE, purposes={**PROMISE.purposes, "partners": purpose})


def _said(promise: Promise, *, on: bool = False, sent: bool = True) -> str:
    clause = Clause("partners", "orders")
    refused = Verdict({}, {"orders": Refusal(Code.OPTED_OUT, clause)})
    verdicts = dict.fromkeys(promise.purposes, refused)
    if on:
        verdicts["partners"] = Verdict({"orders": Grant(clause)}, {})
    return " ".join(signal(promise, verdicts, sent=sent, since=None, language="en"))


def test_without_a_signal_nothing_is_said() -> None:
    assert _said(PROMISE, sent=False) == ""


def test_who_never_shares_says_so() -> None:
    assert _said(PROMISE) == f"{ASKS} We do neither."


def test_who_shares_on_a_yes_says_that_there_is_none() -> None:
    assert _said(_with(Basis.CONSENT)) == f"{ASKS} We do neither without your yes."


@pytest.mark.parametrize("use", ["third_party_sharing", "marketing.advertising.third_party.targeted"])
def test_a_yes_given_in_spite_of_it_is_named(use: str) -> None:
    assert _said(_with(Basis.CONSENT, use), on=True) == (
        f"{ASKS} After that you said yes to this, so it goes on: “Partners”. You can take your yes back. "
        "Apart from that we do neither."
    )


def test_what_a_law_demands_is_named_with_the_law() -> None:
    said = _said(_with(Basis.LEGAL_OBLIGATION, "third_party_sharing.legal_obligation", "Customs Act"), on=True)
    assert (
        said
        == f"{ASKS} A law makes us do this all the same: “Partners” (Customs Act). Apart from that we do neither."
    )


def test_what_is_stopped_without_a_question_is_not_called_a_question_of_yes() -> None:
    assert _said(_with(Basis.CONTRACT)) == f"{ASKS} We do neither now."


@pytest.mark.parametrize(("role", "named"), [(RecipientRole.CONTROLLER, True), (RecipientRole.PROCESSOR, False)])
def test_who_decides_themselves_about_what_they_receive_is_named(role: RecipientRole, *, named: bool) -> None:
    courier = Recipient(
        "parcelo", Text({"en": "Parcelo"}), role, "GB", {"service": ("email",)}, "", Contract(date(2026, 1, 1), "x")
    )
    said = _said(replace(PROMISE, recipients={"parcelo": courier}))
    assert ("we work with Parcelo, who answers for it too" in said) is named


def test_an_earlier_signal_is_told_with_its_day() -> None:
    verdicts = {key: Verdict({}, {}) for key in PROMISE.purposes}
    said = signal(PROMISE, verdicts, sent=False, since=NOW, language="en")
    assert said[0].startswith("On 22 November 2026 your browser asked us not to sell")
