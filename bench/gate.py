"""What a purpose-checked verdict on 20 kinds of data costs, beside Cedar answering the same 20 questions.

Ours: one `decide` on a customer who said yes to ten of the kinds and no to ten. Theirs: `cedarpy.is_authorized_batch`
with 20 requests, the policies and the customer's consents (as entity attributes) parsed beforehand. Both must give
the same ten yeses, or the figure means nothing.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import troth.promise
from troth.actors import of_service
from troth.consent.model import Answer, Choice, fold
from troth.consent.notice import words_for
from troth.gate.decide import State, Terms, decide
from troth.gate.use import Use
from troth.promise.model import Clause, Promise
from troth.promise.read import read_promise

COMMAND = "make bench ONLY=gate"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = [f"kind{number:02}" for number in range(20)]


def measure(scale: str) -> list[dict[str, Any]]:
    """Return microseconds of CPU for a verdict on 20 kinds, and how many times longer Cedar takes."""
    rounds = 9 if scale == "full" else 5
    ours, theirs = _ours(), _cedar()
    answers = {kind: number % 2 == 0 for number, kind in enumerate(KINDS)}
    if ours() != answers or theirs() != answers:
        raise SystemExit("the two do not answer the same questions the same way")
    mine, cedar = [], []
    for _ in range(rounds):
        mine.append(_microseconds(ours, 2000))
        cedar.append(_microseconds(theirs, 200))
    ratio = statistics.median(other / own for own, other in zip(mine, cedar, strict=True))
    return [
        {
            "name": "gate.decide.us",
            "value": round(statistics.median(mine), 2),
            "unit": "µs CPU, 20 kinds",
            "best_peer": round(statistics.median(cedar), 1),
            "best_peer_name": "cedarpy batch, pre-parsed",
            "ratio": round(1 / ratio, 4),
            "command": COMMAND,
        },
        {
            "name": "gate.cedarpy_ratio",
            "value": round(ratio, 1),
            "unit": "times faster",
            "best_peer": None,
            "best_peer_name": "",
            "ratio": None,
            "command": COMMAND,
        },
    ]


def _microseconds(work: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6


def _promise() -> Promise:
    example = read_promise(Path(troth.promise.__file__).with_name("example.yaml"))
    model, purpose = example.data["page_views"], example.purposes["suggestions"]
    question = purpose.data["page_views"]
    data = {kind: replace(model, key=kind) for kind in KINDS}
    return replace(
        example,
        data={**example.data, **data},
        purposes={**example.purposes, purpose.key: replace(purpose, data=dict.fromkeys(KINDS, question))},
    )


def _ours() -> Callable[[], dict[str, bool]]:
    promise = _promise()
    terms = Terms.of(promise)
    purpose = promise.purposes["suggestions"]
    choices = []
    for number, kind in enumerate(KINDS):
        words = words_for(purpose, kind, "en")
        assert words is not None
        answer = Answer.YES if number % 2 == 0 else Answer.NO
        clause, version = Clause("suggestions", kind), promise.version.number
        choices.append(Choice(clause, answer, NOW, words.digest, "en", "page", version))
    state = State(fold(choices))
    use = Use(of_service("web", "suggestions"), "suggestions", frozenset(KINDS))

    def ask() -> dict[str, bool]:
        allowed = decide(use, terms, state, NOW).allowed
        return {kind: kind in allowed for kind in KINDS}

    return ask


def _cedar() -> Callable[[], dict[str, bool]]:
    import cedarpy

    policies = cedarpy.PolicySet.from_str(
        "\n".join(
            f'permit(principal == Service::"web", action == Action::"suggestions", resource == Data::"{kind}") '
            f"when {{ context.customer.{kind} }};"
            for kind in KINDS
        )
    )
    consents = {kind: number % 2 == 0 for number, kind in enumerate(KINDS)}
    entities = cedarpy.Entities.from_json_str(
        json.dumps(
            [
                {"uid": {"type": "Customer", "id": "c1"}, "attrs": consents, "parents": []},
                {"uid": {"type": "Service", "id": "web"}, "attrs": {}, "parents": []},
            ]
        )
    )
    requests = [
        {
            "principal": 'Service::"web"',
            "action": 'Action::"suggestions"',
            "resource": f'Data::"{kind}"',
            "context": {"customer": {"__entity": {"type": "Customer", "id": "c1"}}},
        }
        for kind in KINDS
    ]

    def ask() -> dict[str, bool]:
        results = cedarpy.is_authorized_batch(requests, policies, entities)
        return {kind: result.allowed for kind, result in zip(KINDS, results, strict=True)}

    return ask
