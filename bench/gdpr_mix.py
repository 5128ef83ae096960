"""What the gate, sealing, and telling the other rooms cost: a mix of work beside the same tables without them.

The mixes are those of GDPRbench (Shastri, Banakar, Wasserman, Kumar, Chidambaram: Understanding and Benchmarking the
Impact of GDPR on Database Systems, PVLDB 13(7), 2020), in the proportions of its files gdpr_customer, gdpr_processor
and gdpr_controller. A customer reads, corrects, chooses and deletes; a processor reads by key and by what is allowed;
a controller creates, changes what is allowed, and deletes. What GDPRbench does to one record by its key, we do to one
customer's data of one kind; one delete in ten of a controller is the erasure of a whole customer, and one read in
eighty by what is allowed goes through everybody.

Both sides (`gdpr_acts`) do each act in turn, and what both read must be the same, or the figure means nothing. The
time of a mix is the sum of each act's median times its share: medians, because one wait for a disk that others use
outlasts a hundred acts.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import troth.promise
from gdpr_acts import Bare, Ours, told
from troth.app import build
from troth.consent.model import Answer
from troth.settings import Settings

COMMAND = "make bench ONLY=gdpr_mix"
MIXES: Mapping[str, Mapping[str, float]] = {
    "customer": {"read own": 0.2, "read choices": 0.2, "correct": 0.2, "choose": 0.2, "delete views": 0.2},
    "processor": {"read by key": 0.2, "read what is allowed": 0.79, "read everybody": 0.01},
    "controller": {"create": 0.25, "choose": 0.5, "delete views": 0.225, "erase": 0.025},
}
GOAL = 1.5


class Took(NamedTuple):
    """How long one act took, in seconds: on the clock and of the processor."""

    wall: float
    cpu: float


Pairs = dict[str, list[tuple[Took, Took]]]
"""Act → what each time took, ours and theirs."""


def measure(scale: str) -> list[dict[str, Any]]:
    """Return how many times longer each mix takes through the gate, and all three together."""
    customers, acts = (2000, 3000) if scale == "full" else (400, 600)
    print(f"{'':34}    ours    bare      ours    bare   ms on the clock, ms of processor; medians", file=sys.stderr)
    whole: dict[str, tuple[float, float]] = {}
    for mix, weights in MIXES.items():
        with tempfile.TemporaryDirectory() as folder:
            pairs = _played(Path(folder), weights, customers=customers, acts=acts)
        _show(mix, pairs)
        whole[mix] = _mean(pairs, 0), _mean(pairs, 1)
    ours, theirs = (statistics.mean(pair[side] for pair in whole.values()) for side in (0, 1))
    return [
        _row("gate.gdpr_mix_ratio", ours, theirs),
        *(_row(f"gate.gdpr_mix_ratio.{mix}", *pair) for mix, pair in whole.items()),
    ]


def _row(name: str, ours: float, theirs: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(ours / theirs, 2),
        "unit": f"times the {theirs * 1e3:.2f} ms an act of bare sqlite3 (goal {GOAL})",
        "best_peer": 1.0,
        "best_peer_name": "the same tables in clear, without a gate",
        "ratio": round(ours / theirs, 2),
        "command": COMMAND,
    }


def _mean(pairs: Pairs, side: int) -> float:
    """Return the seconds an act of the mix takes on the clock: each act's median, as often as it came."""
    total = sum(statistics.median(pair[side].wall for pair in of_act) * len(of_act) for of_act in pairs.values())
    return total / sum(map(len, pairs.values()))


def _show(mix: str, pairs: Pairs) -> None:
    for act, of_act in sorted(pairs.items()):
        wall = [statistics.median(pair[side].wall for pair in of_act) * 1e3 for side in (0, 1)]
        cpu = [statistics.median(pair[side].cpu for pair in of_act) * 1e3 for side in (0, 1)]
        times = " ".join(f"{one:8.3f}{other:8.3f} " for one, other in (wall, cpu))
        print(f"{mix + ': ' + act:34}{times} × {wall[0] / wall[1]:5.1f} of {len(of_act)}", file=sys.stderr)


def _played(folder: Path, weights: Mapping[str, float], *, customers: int, acts: int) -> Pairs:
    """Do `acts` acts in the proportions of `weights`, each by both sides in turn."""
    example = Path(troth.promise.__file__).with_name("example.yaml").read_text(encoding="utf-8")
    (folder / "promise.yaml").write_text(example, encoding="utf-8")
    app = build(Settings(home=folder / "home", promise=folder / "promise.yaml"))
    bare = Bare(folder / "bare.db")
    try:
        sides, now = (Ours(app), bare), app.clock.now()
        names = [f"c{number}" for number in range(customers)]
        for side in sides:
            side.fill(names, now)
        dice = random.Random(7)  # noqa: S311 - an order of acts, no secret
        # Few are asked for often (a Zipf distribution with exponent 1), as GDPRbench has it for customers.
        often = list(accumulate(1 / (place + 1) for place in range(customers)))
        here, pairs = names.copy(), Pairs()
        for place, act in enumerate(dice.choices([*weights], [*weights.values()], k=acts)):
            name = dice.choices(names, cum_weights=often)[0] if "read own" in weights else dice.choice(here)
            if act in {"delete views", "erase"}:
                name = here.pop(dice.randrange(len(here)))
            answer = dice.choice(list(Answer))
            called = f"{act} {answer.value}" if act == "choose" else act
            order = (0, 1) if place % 2 else (1, 0)
            at = now + timedelta(microseconds=place)
            pair = _timed(sides, order, act=act, name=name, at=at, answer=answer)
            pairs.setdefault(called, []).append(pair)
        return pairs
    finally:
        bare.close()
        app.close()


def _timed(
    sides: tuple[Ours, Bare], order: Sequence[int], *, act: str, name: str, at: datetime, answer: Answer
) -> tuple[Took, Took]:
    took: dict[int, Took] = {}
    found: dict[int, object] = {}
    for place in order:
        cpu, wall = time.thread_time(), time.perf_counter()
        found[place] = sides[place].acts[act](name, at, answer)
        took[place] = Took(time.perf_counter() - wall, time.thread_time() - cpu)
    if told(found[0]) != told(found[1]):
        raise SystemExit(f"the two do not do the same: {act}")
    return took[0], took[1]
