"""Three ways to break delivery on purpose: what chaos must notice, or it proves nothing."""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from services.reminders import worker
from services.reminders.domain.attempts import Begun, Chances, Ending, ending
from services.reminders.domain.outgoing import Outcome, RejectedForNow, Unknown
from services.reminders.usecases import send_batch
from services.reminders.usecases.sweep import Sweeper

NO_COMPARE_AND_SET = "no-compare-and-set"
BLIND_RETRY = "blind-retry-of-unknown"
NO_SWEEPER = "no-sweeper"

_COMPARE = re.compile(
    r"AND reminders\.outbound\.token = \w+\.token"
    r" AND reminders\.outbound\.owner = \S+"
    r" AND reminders\.outbound\.state IN \(.*?\)"
    r" AND reminders\.outbound\.lease_until > now\(\) "
)
_BEGINNING = "INSERT INTO reminders.delivery_attempt"


def forget_to_compare(place: Any) -> None:
    """Begin whatever was claimed once, whoever holds it now; the unique index stays."""

    def cut(_c: object, _u: object, statement: str, given: Any, *_more: object) -> tuple[str, Any]:
        if _BEGINNING not in statement:
            return statement, given
        mutated, times = _COMPARE.subn("", statement)
        assert times == 1, "the statement that begins has changed: the mutant must change with it"
        return mutated, given

    sa.event.listen(place, "before_cursor_execute", cut, retval=True)


def retry_unknown() -> None:
    """Take silence for a refusal."""

    def blind(begun: Begun, outcome: Outcome, chances: Chances) -> Ending:
        heard = RejectedForNow(outcome.code) if isinstance(outcome, Unknown) else outcome
        return ending(begun, heard, chances)

    _replace(send_batch, "ending", blind)


def sweep_nothing() -> None:
    """Let what dead workers held lie where it is."""
    _replace(Sweeper, "__call__", lambda _: 0)
    _replace(worker, "recover", lambda _: None)


APPLY: dict[str, Callable[[], None]] = {
    NO_COMPARE_AND_SET: lambda: forget_to_compare(sa.Engine),
    BLIND_RETRY: retry_unknown,
    NO_SWEEPER: sweep_nothing,
}


def _replace(place: object, name: str, by: object) -> None:
    assert hasattr(place, name), f"{place} has no {name} any more: the mutant must change with it"
    setattr(place, name, by)
