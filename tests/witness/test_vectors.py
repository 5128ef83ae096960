"""The requests that another witness, litewitness of torchwood, is tested with: ours answers as it does."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from troth.clock import FixedClock
from troth.ledger.note import VerifierKey, read_key
from troth.witness.model import RefusedError
from troth.witness.service import Witness, make_witness
from witness.growing import AT, NAME

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "c2sp" / "torchwood"
SUM_GOLANG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_PUBLIC = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")


def _cases(name: str) -> list[dict[str, Any]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"missing: vectors/c2sp/torchwood/{name}")
    cases: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return cases


def _answer(witness: Witness, body: str) -> tuple[int, str]:
    try:
        return HTTPStatus.OK, str(witness.add_checkpoint(body.encode()))
    except RefusedError as refused:
        return refused.status, f"{refused.size}\n"


@pytest.mark.shared
def test_the_answers_are_those_of_another_witness(tmp_path: Path) -> None:
    cases = _cases("litewitness.json")
    make_witness(tmp_path / "w", NAME, [VerifierKey(SIGSUM, SIGSUM_PUBLIC)])
    witness = Witness(tmp_path / "w", FixedClock(AT))
    # One signature is spelled with a stray last bit. We call that malformed (400); without it, it is wrong (403).
    assert _answer(witness, cases[1]["request_body"])[0] == HTTPStatus.BAD_REQUEST
    cases[1]["request_body"] = cases[1]["request_body"].replace("6gx=", "6gw=")
    found = [_answer(witness, case["request_body"]) for case in cases]
    expected = [case["expect_status"] for case in cases]
    # An unknown log was 403 when these were written; the specification says 404 now.
    assert expected[2] == HTTPStatus.FORBIDDEN
    expected[2] = HTTPStatus.NOT_FOUND
    assert [status for status, _ in found] == expected
    sizes = [case["expect"][0].removeprefix('body == "')[0] for case in cases if case["expect_status"] == 409]
    assert [told[0] for status, told in found if status == HTTPStatus.CONFLICT] == sizes
    assert all(told.startswith(f"— {NAME} ") for status, told in found if status == HTTPStatus.OK)


@pytest.mark.shared
def test_a_real_checkpoint_of_the_go_checksum_database_is_signed(tmp_path: Path) -> None:
    (case,) = _cases("sumdb.json")
    make_witness(tmp_path / "w", NAME, [read_key(SUM_GOLANG)], "go.sum database tree")
    witness = Witness(tmp_path / "w", FixedClock(AT))
    assert _answer(witness, case["request_body"])[0] == case["expect_status"] == HTTPStatus.OK
    assert witness.seen()[0].known.size == 35_225_469
