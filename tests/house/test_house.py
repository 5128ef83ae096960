"""What keeps the house as docs/house.md draws it, where import-linter cannot see."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "troth"

# Rooms with tables that hold nothing of a customer, or whose part of an erasure is a step of its own.
NO_KEEPER = {
    "access": "keys of programs",
    "catalogue": "products",
    "promise": "what the company promised, to everybody alike",
    "staff": "the company's own people, not its customers",
    "keys": "erasing destroys the keys last, as a step of its own",
    "vault": "opened only by the gate, which settles it in a step of its own",
    "identity": "forgets last but one, in a step of its own, so that a crash can still find the customer",
    "doctor": "has no tables; counts what does not fit together in those of others",
    "breach": "has no tables; reads whose rows there are in those of others",
    "backup": "when copies were made, and where",
    "journal": "an erasure writes itself into it, and takes what it held of the customer out, in one step",
}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())


def _names_used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_room_that_keeps_something_is_told_to_forget() -> None:
    from installations import install

    rooms = {path.parent.name for path in SOURCE.glob("*/store.py")}
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        app = install(Path(folder))
        keepers = {keeper.room for keeper in app.keepers}
        app.close()
    assert rooms == keepers | set(NO_KEEPER), "a new room must forget, or say here why it has nothing to forget"
    assert not keepers & set(NO_KEEPER)


def test_only_stores_and_db_speak_sql() -> None:
    wrong = [
        name
        for name, tree in _modules()
        if _imported(tree) & {"sqlalchemy", "alembic", "sqlite3"}
        and not name.startswith("db/")
        and not name.endswith("/store.py")
    ]
    assert wrong == []


def test_only_decide_asks_whether_a_choice_is_valid() -> None:
    valid = {"VALID", "Status.GIVEN", "Status.RENEWED_GIVEN"}
    users = {name for name, tree in _modules() if _names_used(tree) & valid}
    assert users == {"consent/model.py", "gate/decide.py"}


def test_only_keys_makes_randomness() -> None:
    sources = {"secrets", "random", "uuid"}
    users = {name for name, tree in _modules() if _imported(tree) & sources}
    users |= {name for name, tree in _modules() if "os.urandom" in _names_used(tree)}
    # The demo's dice are seeded: the same shop every time.
    assert {name for name in users if not name.startswith(("keys/", "demo/"))} == set()


def test_only_the_clock_asks_the_time() -> None:
    asking = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    assert {name for name, tree in _modules() if _names_used(tree) & asking} == {"clock.py"}


def test_no_file_and_no_function_is_too_long() -> None:
    long = []
    for name, tree in _modules():
        lines = (SOURCE / name).read_text().count("\n")
        if lines > 600:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > 80:
                    long.append(f"{name}:{node.name}: {size} lines")
    assert long == []


def test_the_face_of_a_room_is_empty() -> None:
    for name, tree in _modules():
        if name.endswith("__init__.py"):
            assert all(isinstance(node, ast.Expr) for node in tree.body), name


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = grimp.build_graph("troth", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    left = dict(imports)
    while True:
        leaves = {module for module, below in left.items() if not (below & left.keys())}
        if not leaves:
            break
        left = {module: below for module, below in left.items() if module not in leaves}
    assert sorted(left) == []


def test_the_map_names_every_room_and_only_rooms_that_exist() -> None:
    named = set(re.findall(r"^\| `(\w+)(?:/|\.py)?` \|", (ROOT / "docs" / "house.md").read_text(), re.MULTILINE))
    rooms = {path.stem for path in SOURCE.iterdir() if not path.name.startswith(("_", "py.typed"))}
    assert named == rooms


_FORBIDDEN = {
    "a machine's path": re.compile(r"/(?:work|root|home/\w+|tmp/\w+)/"),
    "a registry's host": re.compile(r"(?:files\.pythonhosted|pypi\.org|registry\.npmjs|\bindex-url\b)"),
}


@pytest.mark.parametrize("what", _FORBIDDEN)
def test_no_committed_file_holds(what: str) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wrong = []
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".woff2", ".png"} or name == "tests/house/test_house.py" or not path.is_file():
            continue
        if _FORBIDDEN[what].search(path.read_text(errors="replace")):
            wrong.append(name)
    assert wrong == []
