"""`troth verify` as somebody who got a receipt types it: no installation, no network."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ledger.logs import ANNA, LOG, NOW, OTHER_WITNESS, WITNESS, filled
from troth.cli.verify import verify
from troth.errors import InputError
from troth.ledger.bundle import as_json
from troth.ledger.checkpoint import Checkpoint, sign_checkpoint
from troth.ledger.leaf import Statement, leaf_of, sign_statement
from troth.ledger.receipt import Logged, Receipt, as_tlog_proof
from troth.ledger.sigstore import as_bundle, as_trusted_root
from troth.ledger.tree import Tree, leaf_hash
from troth.ledger.trust import LogKey
from troth.web.verify.page import shipped

commands = typer.Typer()
commands.command()(verify)
SMALL = filled((WITNESS,))
ROOT = as_trusted_root([LogKey(LOG.key, NOW - timedelta(days=365))])
POLICY = f"witness ours {WITNESS.key.written}\nquorum ours\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trusted_root.json").write_bytes(ROOT)
    (tmp_path / "policy.txt").write_text(POLICY, "utf-8")
    (tmp_path / "read.tlog-proof").write_bytes(as_tlog_proof(SMALL.receipt(3)))
    (tmp_path / "read.sigstore.json").write_bytes(as_bundle(SMALL.receipt(3), LOG.key))
    (tmp_path / "anna.json").write_bytes(as_json(SMALL.bundle(ANNA)))
    return tmp_path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(commands, [str(one) for one in arguments], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize("name", ["read.tlog-proof", "read.sigstore.json"])
def test_a_receipt_is_told_step_by_step(folder: Path, name: str) -> None:
    code, output = run(folder / name)
    assert code == 0
    assert [line[:4] for line in output.splitlines()[:7]] == [f"✓  {number}" for number in range(1, 8)]
    told = output.splitlines()[7:12]
    assert told[0] == "     2026-11-22 12:00:00 UTC, entry 2: A person asked to see the customer’s data."
    assert [one.strip() for one in told[1:]] == [
        "Let out: orders",
        "Name, or a commitment to it: ana",
        "What for: service",
        "Why: Case 17",
    ]
    assert "Witness witness.example/w1 saw the log so on 2026-11-22 12:00 UTC." in output
    assert f"Checked with the key {LOG.key.written};" in output


def test_a_customers_bundle_says_that_none_is_left_out_and_until_when(folder: Path) -> None:
    code, output = run(folder / "anna.json")
    assert code == 0
    assert output.count("✓") == 11
    assert "As of 2026-11-22 12:00 UTC the log has 2 entries of this customer.\nNone is left out.\n" in output
    assert "Of later entries 1 are here; whether there are more, this bundle can’t show." in output
    (folder / "later.json").write_bytes(as_json(replace(SMALL.bundle(ANNA), entries=SMALL.bundle(ANNA).entries[1:])))
    assert "The first 1 are not here: their time to be kept is over." in run(folder / "later.json")[1]


def test_one_changed_byte_is_refused_with_the_step(folder: Path) -> None:
    file = folder / "read.tlog-proof"
    file.write_bytes(file.read_bytes().replace(b"index 3", b"index 4"))
    code, output = run(file)
    assert code == 1
    assert "✗  5 What is signed leads, hash by hash, to the root in the checkpoint: no." in output
    assert "Does not hold: step 5 failed. Believe nothing in this file." in output
    assert "Case 17" not in output
    code, output = run(file, "--json")
    told = json.loads(output)
    assert (code, told["holds"], told["failed"]["step"], told["entries"]) == (1, False, 5, [])


def test_programs_read_the_report_as_json(folder: Path) -> None:
    code, output = run(folder / "anna.json", "--json")
    told = json.loads(output)
    assert code == 0
    assert told["passed"] == list(range(1, 12))
    assert [one["kind"] for one in told["entries"]] == ["choice_made", "read", "machine_use"]
    assert told["customer"] == {"entries": 2, "gone": 0, "as_of": "2026-11-22T12:00:00+00:00"}
    assert told["log"] == {"origin": "larkfield.example/log", "size": SMALL.tree.size}
    assert told["witnesses"] == [{"name": "witness.example/w1", "at": 1795348800}]


def test_keys_may_lie_elsewhere_and_witnesses_are_the_verifiers_choice(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "read.tlog-proof").write_bytes((folder / "read.tlog-proof").read_bytes())
    with pytest.raises(InputError, match="no keys of a log"):
        run(elsewhere / "read.tlog-proof")
    named = (elsewhere / "read.tlog-proof", "--trusted-root", folder / "trusted_root.json")
    code, output = run(*named)
    assert code == 1
    assert "1 of the signature lines are by keys you did not name" in output
    assert run(*named, "--policy", folder / "policy.txt")[0] == 0
    code, output = run(*named, "--pass-over-unknown")
    assert code == 0
    assert "Not checked, because you asked for it: 1 signature lines of others." in output
    (elsewhere / "policy.txt").write_text(f"witness two {OTHER_WITNESS.key.written}\nquorum two\n", "utf-8")
    assert run(*named, "--pass-over-unknown")[0] == 1


def test_a_policy_alone_is_enough_when_it_names_the_log(folder: Path) -> None:
    (folder / "trusted_root.json").unlink()
    (folder / "policy.txt").write_text(f"log {LOG.key.written}\n{POLICY}", "utf-8")
    assert run(folder / "read.tlog-proof")[0] == 0


def test_a_policy_does_not_take_away_the_span_of_a_key(folder: Path) -> None:
    (folder / "trusted_root.json").write_bytes(as_trusted_root([LogKey(LOG.key, NOW + timedelta(days=1))]))
    (folder / "policy.txt").write_text(f"log {LOG.key.written}\n{POLICY}", "utf-8")
    code, output = run(folder / "read.tlog-proof")
    assert code == 1
    assert "step 7 failed" in output


@pytest.mark.parametrize("name", ["read.tlog-proof", "read.sigstore.json", "bundle.json"])
def test_the_examples_of_the_docs_hold(name: str) -> None:
    examples = Path(__file__).parents[2] / "docs" / "formats" / "receipt"
    assert run(examples / name)[0] == 0


def test_a_step_that_failed_says_what_may_help(folder: Path) -> None:
    (folder / "policy.txt").unlink()
    output = run(folder / "read.tlog-proof")[1]
    assert "What you can do: name the witnesses you trust in a policy" in output
    assert "(--policy FILE, --pass-over-unknown)" in output
    assert "What you can do" not in run(folder / "read.tlog-proof", "--pass-over-unknown")[1]
    assert "see that it is the receipt and no other file" in run(folder / "trusted_root.json")[1]


def test_the_page_for_a_browser_is_written_once_and_needs_no_file_to_check(folder: Path) -> None:
    code, output = run("--page", folder / "verify.html")
    assert (code, output) == (0, "Wrote verify.html. Open it in a browser; it needs no network.\n")
    assert (folder / "verify.html").read_bytes() == shipped()
    with pytest.raises(InputError, match=r"verify\.html is there already"):
        run("--page", folder / "verify.html")
    with pytest.raises(InputError, match="can't be written"):
        run("--page", folder / "nowhere" / "verify.html")
    with pytest.raises(InputError, match="nothing to check"):
        run()


def test_which_of_the_files_is_no_good_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match=r"^policy\.txt: This is not a trusted root"):
        run(folder / "anna.json", "--trusted-root", folder / "policy.txt")
    with pytest.raises(InputError, match=r"^trusted_root\.json: Line 1 of the policy"):
        run(folder / "anna.json", "--policy", folder / "trusted_root.json")


def test_a_word_of_a_later_vocabulary_is_named_and_not_judged(folder: Path) -> None:
    said = Statement(LOG.key.name, "dreamt", NOW, ANNA, 1, bytes(32), bytes(32), {"of": "roses"}, 2)
    envelope = sign_statement(said, LOG.key, LOG.sign)
    tree = Tree([leaf_hash(leaf_of(envelope, LOG.key))])
    checkpoint = sign_checkpoint(Checkpoint(LOG.key.name, 1, tree.root()), LOG.key, LOG.sign)
    (folder / "later.tlog-proof").write_bytes(as_tlog_proof(Receipt(Logged(envelope, 0, ()), checkpoint)))
    output = run(folder / "later.tlog-proof", "--policy", _nobody(folder))[1]
    assert "entry 1: dreamt (a word of vocabulary 2, not known here)." in output
    assert "Of: roses" in output


def _nobody(folder: Path) -> Path:
    (folder / "nobody.txt").write_text("quorum none\n", "utf-8")
    return folder / "nobody.txt"


def test_what_an_entry_says_can_not_write_on_the_terminal(folder: Path) -> None:
    log = filled()
    log.write("read", ANNA, {"reason": "\x1b[2J\u202e[red]"})
    (folder / "odd.tlog-proof").write_bytes(as_tlog_proof(log.receipt(log.tree.size - 1)))
    (folder / "policy.txt").unlink()
    output = run(folder / "odd.tlog-proof")[1]
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "‹U+202E›[red]" in output


@pytest.mark.parametrize("what", ["file", "trusted root", "policy"])
def test_files_that_can_not_be_read_are_named(folder: Path, what: str) -> None:
    missing = folder / "missing"
    arguments = {
        "file": (missing, "--trusted-root", folder / "trusted_root.json"),
        "trusted root": (folder / "anna.json", "--trusted-root", missing),
        "policy": (folder / "anna.json", "--policy", missing),
    }[what]
    with pytest.raises(InputError, match=f"The {what} missing can't be read"):
        run(*arguments)


def test_a_file_that_is_too_long_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.cli.verify.MOST_BYTES", 2000)
    with pytest.raises(InputError, match="too long"):
        run(folder / "anna.json")


def test_it_needs_no_installation_and_opens_no_database(folder: Path) -> None:
    # Whatever the environment says of an installation, nothing of one is imported or made.
    code = (
        "import sys; from troth.cli.verify import verify; import typer; from pathlib import Path\n"
        f"verify(Path({str(folder / 'anna.json')!r}))\n"
        "heavy = {'sqlalchemy', 'troth.app', 'troth.settings', 'socket'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "anna.json",
        "policy.txt",
        "read.sigstore.json",
        "read.tlog-proof",
        "trusted_root.json",
    ]
