import pytest

from troth.ingest.reasons import Reason
from troth.ingest.summary import Refusal, Summary


def summary(*, read: int) -> Summary:
    return Summary(
        read=read,
        taken=5,
        known=3,
        refused={"past_keep": Refusal(2, "Kept no longer.")},
        rejected={Reason.RAGGED: 1, Reason.NO_CUSTOMER: 4},
        customers=1,
        refunds=0,
        fees=0,
        dropped={},
        first=None,
        last=None,
        titles=0,
        rejects=None,
        rehearsal=False,
    )


def test_every_line_read_is_in_exactly_one_count() -> None:
    whole = summary(read=15)
    assert (whole.lines_refused, whole.lines_rejected) == (2, 5)


@pytest.mark.parametrize("read", [14, 16])
def test_a_summary_that_does_not_add_up_can_not_be_made(read: int) -> None:
    with pytest.raises(AssertionError, match="not the lines read"):
        summary(read=read)
