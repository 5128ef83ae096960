"""Policies: who is believed, and how many witnesses are enough."""

from itertools import combinations

import pytest

from ledger.logs import LATER_LOG, LOG, OTHER_WITNESS, WITNESS, pair
from troth.ledger.note import Kind
from troth.ledger.spelling import SpellingError
from troth.ledger.trust import LogKey, Trust, read_policy

X = [pair(f"x{n}", f"x{n}.example", Kind.COSIGNATURE) for n in range(3)]
Y = [pair(f"y{n}", f"y{n}.example", Kind.COSIGNATURE) for n in range(3)]
TWO_LEVELS = f"""# The example of the specification
log {LOG.key.written} https://larkfield.example/log/

{"".join(f"witness X{n} {one.key.written}" + chr(10) for n, one in enumerate(X))}
group X-witnesses 2 X0 X1 X2
{"".join(f"witness Y{n} {one.key.written}" + chr(10) for n, one in enumerate(Y))}
group Y-witnesses any Y0 Y1 Y2
\tgroup  X-and-Y  all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_a_policy_of_two_levels_asks_for_two_of_these_and_one_of_those() -> None:
    trust = read_policy(TWO_LEVELS)
    assert trust.logs == (LogKey(LOG.key),)
    keys = [one.key for one in (*X, *Y)]
    assert set(trust.witnesses) == set(keys)
    for count in range(7):
        for signed in combinations(keys, count):
            enough = sum(one.key in signed for one in X) >= 2 and any(one.key in signed for one in Y)
            assert trust.quorum.is_met(signed) == enough


def test_several_logs_may_be_named() -> None:
    trust = read_policy(f"{LOG_LINE}log {LATER_LOG.key.written}\nquorum none\n")
    assert trust.logs == (LogKey(LOG.key), LogKey(LATER_LOG.key))


def test_no_witness_may_be_asked_for() -> None:
    assert read_policy("quorum none\n") == Trust(())
    assert read_policy("quorum none").quorum.is_met(())


def test_one_witness_may_be_asked_for() -> None:
    trust = read_policy(f"witness w {WITNESS.key.written}\nquorum w\n")
    assert trust.quorum.is_met([WITNESS.key])
    assert not trust.quorum.is_met([OTHER_WITNESS.key])


W, W2 = f"witness w {WITNESS.key.written}\n", f"witness w2 {OTHER_WITNESS.key.written}\n"
LOG_LINE = f"log {LOG.key.written}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        LOG_LINE,
        "quorum\n",
        "quorum w\n",
        "quorum none\nquorum none\n",
        "quorum none none\n",
        "Quorum none\n",
        "quorum none\r\n",
        "# a bell\a\nquorum none\n",
        f"quorum w\n{W}",
        f"{LOG_LINE}{LOG_LINE}quorum none\n",
        f"log {WITNESS.key.written}\nquorum none\n",
        f"witness w {LOG.key.written}\nquorum none\n",
        f"witness none {WITNESS.key.written}\nquorum none\n",
        f"{W}{W}quorum none\n",
        f"{W}{W.replace(' w ', ' v ')}quorum none\n",
        f"{W}{W2}group w all w2\nquorum none\n",
        f"{W}group none all w\nquorum none\n",
        f"{W}group g all\nquorum none\n",
        f"{W}group g 0 w\nquorum none\n",
        f"{W}group g 2 w\nquorum none\n",
        f"{W}group g 01 w\nquorum none\n",
        f"{W}group g all w w\nquorum none\n",
        f"{W}group g all v\nquorum none\n",
        f"{W}group g all g\nquorum none\n",
        f"{W}group g all w\ngroup h all w\nquorum none\n",
        "log\nquorum none\n",
        "witness w\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(SpellingError, match="policy"):
        read_policy(text)
