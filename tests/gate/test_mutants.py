"""Breaks `decide` in every small way we can think of, and shows that the table or the small model sees it.

A test that nothing can break shows nothing. Each mutant is the source of the gate's rules with one place changed: a
step dropped, a comparison turned, one half of an “and” left out, a code exchanged.
"""

import ast
import copy
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import troth.gate.decide
from gate.small_model import askers, customers, disagreement, versions
from gate.table import ENDS, TABLE
from gate.versions import GRANTS
from troth.gate.reasons import Code
from troth.gate.state import State
from troth.gate.terms import Terms
from troth.gate.use import Use

FOLDER = Path(troth.gate.decide.__file__).parent
FILES = ("outside", "plan", "earlier", "terms", "asking", "decide")
"""The files that hold the rules, each after those it imports."""

OF_THE_PROMISE = frozenset({"plan", "earlier", "terms"})
"""Those whose work is done once for a promise, and kept in its terms."""

SEED = 20261122
HOW_MANY = 24
"""Broken copies that are tried in a quick round; the slow test tries every one there is."""

_READING = "plan(Manner(manner.purpose, Act.READ), one.promise) if part.sources else before"
_KEPT = "known.purpose is not None and known.named <= self.promise.recipients.keys()"
ONLY_FASTER = {
    "plan: promise.data if data.guessed_from else (): always takes the first",
    f"earlier: {_READING}: always takes the first",
    f"terms: if {_KEPT}:: drops the step",
    f"terms: {_KEPT}: ignores part 1",
    f"terms: {_KEPT}: ignores part 2",
    "terms: known.purpose is not None: turns the comparison",
    "terms: known.named <= self.promise.recipients.keys(): turns the comparison",
    "decide: if objected is None and signal is None:: drops the step",
    "decide: whole.plain if until is FOREVER and case.is_plain else _NONE: always takes the second",
    "decide: if part is not None and (known := standing.get(part.clause)) is not None:: drops the step",
    "decide: if latest.promise == number:: drops the step",
    "decide: if latest.words in part.accepts:: drops the step",
    "decide: refused is None and part.sources and (not _sources_hold(part, case)): ignores part 2",
}
"""Changes that change no answer: the place is there to save time."""


_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CODES = [code.name for code in Code]


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may be put in the place of `node`, each with what it does."""
    if isinstance(node, ast.If):
        dropped = copy.copy(node)
        dropped.test = ast.Constant(value=False)
        yield "drops the step", dropped
    if isinstance(node, ast.Compare):
        turned = copy.copy(node)
        turned.ops = [_TURNED[type(node.ops[0])](), *node.ops[1:]]
        yield "turns the comparison", turned
    if isinstance(node, ast.BoolOp):
        for gone in range(len(node.values)):
            left = [value for place, value in enumerate(node.values) if place != gone]
            yield f"ignores part {gone + 1}", left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "leaves out the not", node.operand
    if isinstance(node, ast.IfExp):
        yield "always takes the first", node.body
        yield "always takes the second", node.orelse
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
        other = _CODES[(_CODES.index(node.attr) + 1) % len(_CODES)]
        yield f"says {other}", ast.Attribute(node.value, other, ast.Load())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"min", "any"}:
        name = {"min": "max", "any": "all"}[node.func.id]
        yield f"takes {name}", ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)


class _Put(ast.NodeTransformer):
    def __init__(self, place: ast.AST, new: ast.AST) -> None:
        self.place, self.new = place, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.place else self.generic_visit(node)


def _mutants() -> dict[str, tuple[str, int, int]]:
    """Return name → (file, number of the node, number of its change), for every change there is."""
    found: dict[str, tuple[str, int, int]] = {}
    for file in FILES:
        for place, node in enumerate(ast.walk(ast.parse((FOLDER / f"{file}.py").read_text()))):
            for number, (what, _) in enumerate(_changes(node)):
                words = " ".join(ast.unparse(node).split("\n")[0].split())
                name = f"{file}: {words}: {what}"
                again = sum(other == name or other.startswith(f"{name} (") for other in found)
                found[f"{name} ({again + 1})" if again else name] = (file, place, number)
    return found


def _run(file: str, source: ast.Module, before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the names of the module `source`, which finds the modules of `before` where it imports from them."""
    names: dict[str, Any] = {"__name__": f"troth.gate.{file}"}
    exec(compile(source, file, "exec"), names)  # noqa: S102 - our own source with one place changed
    for node in source.body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            ours = before.get(node.module.removeprefix("troth.gate."), {})
            names.update({one.name: ours[one.name] for one in node.names if one.name in ours})
    return names


def broken(file: str, place: int, number: int) -> Callable[..., Any]:
    """Return `decide` with one change in one of its files."""
    modules: dict[str, dict[str, Any]] = {}
    for one in FILES:
        tree = ast.parse((FOLDER / f"{one}.py").read_text())
        if one == file:
            node = list(ast.walk(tree))[place]
            tree = ast.fix_missing_locations(_Put(node, list(_changes(node))[number][1]).visit(tree))
        modules[one] = _run(one, tree, modules)
    decide, made_anew = modules["decide"]["decide"], modules["terms"]["Terms"]
    if file not in OF_THE_PROMISE:
        return decide  # type: ignore[no-any-return] # it is what it was, but for one place
    made: dict[int, tuple[Terms, Any]] = {}

    def decide_anew(use: Use, terms: Terms, state: State, now: datetime, *, customer: int | None = None) -> Any:
        if id(terms) not in made:
            made[id(terms)] = (terms, made_anew.of(terms.promise, [one.promise for one in terms.earlier]))
        return decide(use, made[id(terms)][1], state, now, customer=customer)

    return decide_anew


def is_seen(decide: Callable[..., Any]) -> bool:
    """Tell whether the table or the small model sees that `decide` is broken. To fall over is to be seen."""
    try:
        wrong = any(
            case.told(decide(case.use, case.terms, case.state, case.now, customer=case.customer)) != case.expected
            for case in TABLE.values()
        )
        wrong = wrong or any(
            decide(case.use, case.terms, case.state, case.now, customer=case.customer).until != end
            for case, end in ENDS.values()
        )
        wrong = wrong or any(
            next(iter(decide(case.use, case.terms, case.state, case.now).allowed.values())) != grant
            for case, grant in GRANTS.values()
        )
        return wrong or any(disagreement(decide, worlds()) for worlds in (askers, versions, customers))
    except Exception:  # noqa: BLE001 - whatever a broken rule raises
        return True


ALL = _mutants()
CHOSEN = random.Random(SEED).sample(sorted(ALL.keys() - ONLY_FASTER), HOW_MANY)  # noqa: S311 - seeded, no secret


@pytest.mark.parametrize("mutant", CHOSEN)
def test_a_broken_rule_is_seen(mutant: str) -> None:
    assert is_seen(broken(*ALL[mutant]))


@pytest.mark.slow
def test_no_broken_rule_at_all_goes_unseen() -> None:
    assert {name for name, place in ALL.items() if not is_seen(broken(*place))} == ONLY_FASTER


@pytest.mark.slow
def test_what_is_not_broken_is_not_seen_as_broken() -> None:
    assert not is_seen(troth.gate.decide.decide)
