"""Witnesses as the publisher asks them: a line, none for now, or a stop.

A witness that is away holds nothing up but the few seconds it is waited for: the checkpoint is published without its
line, and the next one is shown to it again. A witness that knows another history stops the log.
"""

from collections.abc import Callable, Sequence

import structlog

from troth.errors import InputError, UnavailableError
from troth.ledger.checkpoint import read_checkpoint
from troth.ledger.note import Line, Note, read_key
from troth.ledger.spelling import SpellingError
from troth.ledger.witnesses import Answer, Cosigned, Knows, Refused, Witness, cosigned

_OTHER_HISTORY = 422

_log = structlog.get_logger("troth.log")


class Asking:
    """One witness, and what we know that it knows.

    Args:
        witness: where it is, and its key.
    """

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._known = 0
        self._is_away = False

    def cosign(self, checkpoint: Note, prove: Callable[[int], Sequence[bytes]]) -> Line | None:
        """Return the witness's line; None when it gives none for now.

        Raises:
            UnavailableError: it knows another history of this log, or a longer one.
        """
        size = read_checkpoint(checkpoint.text).size
        answer = cosigned(self._witness, str(checkpoint), min(self._known, size), prove)
        if isinstance(answer, Cosigned):
            self._known, self._is_away = size, False
            return answer.line
        if _is_other_history(answer, size):
            raise UnavailableError(
                "witness_disagrees",
                f"The witness {self._witness.key.name} has seen another history of this log, or a longer one.",
                "Is this an old copy of the data? Stop every troth, and put the newest back.",
            )
        if not self._is_away:
            # Once, and not with every checkpoint.
            _log.warning("witness_gave_no_line", witness=self._witness.key.name, why=getattr(answer, "why", ""))
        self._is_away = True
        return None


def read_witnesses(words: str) -> tuple[Asking, ...]:
    """Return the witnesses that a setting names.

    Args:
        words: for each its address and its key with a space between; a comma between two.

    Raises:
        InputError: that can't be understood.
    """
    found = []
    for one in filter(None, (part.strip() for part in words.split(","))):
        url, _, key = one.partition(" ")
        try:
            found.append(Asking(Witness(url, read_key(key.strip()))))
        except SpellingError:
            raise InputError(
                "witness_setting",
                "TROTH_WITNESSES can't be understood.",
                "For each witness its address, a space and its key, as troth witness show prints it; commas between.",
            ) from None
    return tuple(found)


def _is_other_history(answer: Answer, size: int) -> bool:
    if isinstance(answer, Knows):
        return answer.size > size
    return isinstance(answer, Refused) and answer.status == _OTHER_HISTORY
