"""Code above the gate is handed no way around it: no raw handle, no copy, no value that tells itself by accident."""

import ast
import copy
import pickle
import re
import sys
import threading
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

import grimp
import pytest

from house.planted import CUSTOMER, PLANTED, plant, readable
from house.using import EVERYTHING, bring_in, call, site_of, visit
from installations import NOW, install
from troth.app import App
from troth.canonical import JSON
from troth.clock import FixedClock
from troth.keys.sealing import new_token
from troth.settings import Settings
from troth.web.session import Sessions

SOURCE = Path(__file__).parents[2] / "src" / "troth"

RAW = {"Vault", "KeyRing", "KeyStore", "KeyProvider", "AESGCM", "Database", "Engine", "Connection"}
"""Classes through which rows or keys can be had without a verdict."""

OPENS_WHAT_IS_SEALED = {
    "breach/judging.py": "tries whether a key opens a row of a copy, and throws away what it says",
    "keys/remarks.py": "who and why of stops and links, for the staff who ask",
    "vault/store.py": "items, for the gate alone",
    "identity/service.py": "the company’s own id of a customer",
    "ledger/log.py": "who looked at a customer’s data",
    "recommend/keeper.py": "a customer’s part of the model, to count it",
    "recommend/learn.py": "a customer’s part of the model, to subtract it",
}

HANDED_A_RING = {
    "troth.app": "plugs the rooms together",
    "troth.backup.restoring": "proves that a copy is ours before it is put back",
    "troth.backup.signing": "signs copies",
    "troth.breach.theft": "asks which epochs of a copy of the keys can still be unwrapped",
    "troth.breach.service": "knows our signature on copies, and the keys in a copy of the keys",
    "troth.cases.erasure": "destroys keys",
    "troth.cases.spent": "destroys keys",
    "troth.identity.people": "seals who linked two, and why",
    "troth.stops.service": "seals who put a stop, and why",
    "troth.cases.replay": "asks which numbers were given already",
    "troth.ground": "opens the installation",
    "troth.ledger.examine": "looks whether every note can be opened",
    "troth.gate.gate": "marks arrivals by keyed hash",
    "troth.recommend.service": "hands it to the learner",
    **{f"troth.{file.removesuffix('.py').replace('/', '.')}": why for file, why in OPENS_WHAT_IS_SEALED.items()},
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An installation in which the planted customer did everything, still open."""
    app = install(tmp_path_factory.mktemp("used") / "home")
    plant(app, now=NOW)
    yield app
    app.close()


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())


def _public(thing: object) -> Iterator[tuple[str, object]]:
    if isinstance(thing, Settings):
        return  # names of places, no handles
    for name in dir(type(thing)) + list(getattr(thing, "__dict__", ())):
        if not name.startswith("_"):
            yield name, getattr(thing, name)


def _is_ours(thing: object) -> bool:
    return type(thing).__module__.startswith("troth.")


def _reachable(start: object) -> dict[str, object]:
    """Return path → object of ours, for all that public names lead to."""
    found: dict[str, object] = {}
    left = [("app", start)]
    seen: set[int] = set()
    while left:
        path, thing = left.pop()
        inside = thing if isinstance(thing, tuple | list) else ()
        if _is_ours(thing) and id(thing) not in seen:
            seen.add(id(thing))
            found[path] = thing
            left += [(f"{path}.{name}", one) for name, one in _public(thing)]
        left += [(f"{path}[{place}]", one) for place, one in enumerate(inside)]
    return found


def test_no_public_name_leads_to_rows_or_keys(used: App) -> None:
    reached = _reachable(used)
    assert len(reached) > 20
    assert any(type(thing).__name__ == "Gate" for thing in reached.values())
    assert {path: type(thing).__name__ for path, thing in reached.items() if type(thing).__name__ in RAW} == {}


def test_no_public_method_returns_rows_or_keys(used: App) -> None:
    wrong = []
    for path, thing in _reachable(used).items():
        for name, method in _public(thing):
            code = getattr(method, "__func__", None)
            if code is None:
                continue
            # The alias JSON names these in a text, which is read where the method stands.
            named = {**code.__globals__, "JSON": JSON, "Mapping": Mapping, "Sequence": Sequence}
            returned = str(typing.get_type_hints(code, named).get("return"))
            wrong += [f"{path}.{name} returns {one}" for one in RAW if re.search(rf"\b{one}\b", returned)]
    assert wrong == []


def test_the_app_hands_out_no_key_by_which_customers_are_recognised(used: App) -> None:
    assert used.secret("web-session") != used.secret("consent-records")
    for name in ("identity-index", "item-marks", "epoch 1", ""):
        with pytest.raises(ValueError, match="no face has this key"):
            used.secret(name)


def test_only_the_gate_and_the_app_know_the_vault() -> None:
    graph = grimp.build_graph("troth", cache_dir=None)
    importing = graph.find_modules_that_directly_import("troth.vault.store")
    assert {name for name in importing if not name.startswith("troth.gate.")} == {"troth.app"}


def test_only_rooms_below_the_faces_are_handed_a_key_ring() -> None:
    graph = grimp.build_graph("troth", cache_dir=None)
    importing = graph.find_modules_that_directly_import("troth.keys.ring")
    handed = {name for name in importing if not name.startswith("troth.keys.")}
    assert handed <= set(HANDED_A_RING), "who seals or destroys says here why"


def test_only_these_files_open_what_is_sealed() -> None:
    opening = set()
    for name, tree in _trees():
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in {"open", "opener", "open_each", "fits"}:
                owner = ast.unparse(called.value)
                if owner.endswith("ring"):
                    opening.add(name)
    assert opening == set(OPENS_WHAT_IS_SEALED)


@pytest.mark.parametrize(
    "path",
    [
        *("app", "app.gate", "app.gate._vault", "app.identity", "app.consent", "app.stops", "app.catalogue"),
        *("app.suggestions", "app.suggestions._learner", "app.erasure", "app.gate._vault._ring", "app.access"),
        *("app.gate._vault._ring._store", "app.gate._database", "app.ledger"),
    ],
)
def test_nothing_that_holds_a_key_or_a_handle_can_be_pickled(used: App, path: str) -> None:
    thing: object = used
    for name in path.split(".")[1:]:
        thing = getattr(thing, name)
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(thing)


def test_an_open_key_cannot_be_pickled_or_copied(used: App) -> None:
    ring = used.gate._vault._ring
    keys = [*ring._open.values(), *ring._epochs.values()]
    assert keys
    for key in keys:
        for copied in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                copied(key)


def test_visits_in_memory_cannot_be_pickled() -> None:
    sessions = Sessions(b"k" * 32, FixedClock(NOW), new_id=new_token)
    sessions.change_customer(sessions.open(None), CUSTOMER)
    with pytest.raises(TypeError):
        pickle.dumps(sessions)


def test_the_served_model_in_memory_holds_nobody(used: App) -> None:
    served = used.suggestions._served
    assert served is not None
    assert readable(pickle.dumps(served)) == []
    assert "p3" in str(pickle.loads(pickle.dumps(served))[1].epoch.items)  # noqa: S301 - made on the line itself


class Listening:
    """Looks at every value of ours that a function of ours holds or returns, and asks it how it spells itself."""

    def __init__(self) -> None:
        self.heard: dict[str, str] = {}
        self.looked_at: dict[str, int] = {}
        self._busy = False

    def __enter__(self) -> typing.Self:
        sys.setprofile(self._hear)
        threading.setprofile(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _hear(self, frame: FrameType, event: str, returned: object) -> None:
        if event != "return" or self._busy or str(SOURCE) not in frame.f_code.co_filename:
            return
        self._busy = True
        for value in (returned, *frame.f_locals.values()):
            for one in (value, *value[:20]) if isinstance(value, list | tuple) else (value,):
                if _is_ours(one):
                    self._ask(one)
        self._busy = False

    def _ask(self, one: object) -> None:
        name = f"{type(one).__module__}.{type(one).__qualname__}"
        self.looked_at[name] = self.looked_at.get(name, 0) + 1
        try:
            spelled = repr(one)
        except AttributeError:
            return  # still being made
        if any(text in spelled for text in PLANTED_TEXTS):
            self.heard.setdefault(name, spelled)


PLANTED_TEXTS = tuple(PLANTED.values())


@pytest.mark.slow
def test_no_value_tells_in_its_repr_what_is_known_of_a_customer(tmp_path: Path) -> None:
    app = install(tmp_path / "home")
    with Listening() as ears:
        customer = plant(app, now=NOW)
        bring_in(app, tmp_path, now=NOW)
        call(app, app.access.create("shop", EVERYTHING, now=NOW))
        visit(site_of(app))
        app.erasure.erase(customer, now=NOW)
    app.close()
    assert len(ears.looked_at) > 50
    assert sorted(ears.heard) == [], "leave it out of the repr: one day somebody logs it"
