import re
from pathlib import Path

import pytest

from troth.ingest.reasons import Reason

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "import.md"


def test_the_guide_explains_every_reason_and_no_other() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("### Why a line is not usable")[2].partition("\n### ")[0]
    explained = re.findall(r"^\| `([a-z_]+)` \| .+ \| .+ \|$", table, re.MULTILINE)
    assert explained == [reason.value for reason in Reason]


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_one_short_sentence(reason: Reason) -> None:
    assert reason.words.endswith(".")
    assert len(reason.words) <= 100
