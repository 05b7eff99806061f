"""Three ways to break delivery on purpose: what chaos must notice, or it proves nothing."""

import re
from collections.abc import Callable
from typing import Any

from services.reminders import worker
from services.reminders.database.precompiled import Precompiled
from services.reminders.delivery.domain.attempts import Begun, Chances, Ending, ending
from services.reminders.delivery.domain.outgoing import Outcome, RejectedForNow, Unknown
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.usecases import send_batch
from services.reminders.delivery.usecases.sweep import Sweeper

NO_COMPARE_AND_SET = "no-compare-and-set"
BLIND_RETRY = "blind-retry-of-unknown"
NO_SWEEPER = "no-sweeper"

_COMPARE = re.compile(
    rb"AND reminders\.outbound\.token = \w+\.token"
    rb" AND reminders\.outbound\.owner = \S+"
    rb" AND reminders\.outbound\.state IN \(.*?\)"
    rb" AND coalesce\(reminders\.outbound\.lease_until, 'epoch'\) > now\(\) "
)


def forget_to_compare(attempts: Attempts) -> None:
    """Begin whatever was claimed once, whoever holds it now; the unique index stays."""
    begin: Precompiled[object] = vars(attempts)["_begin"]
    begin.text, times = _COMPARE.subn(b"", begin.text)
    assert times == 1, "the statement that begins has changed: the mutant must change with it"


def never_compare() -> None:
    """The same for every worker of this process."""
    made = Attempts.__init__

    def make(attempts: Attempts, *arguments: Any) -> None:
        made(attempts, *arguments)
        forget_to_compare(attempts)

    _replace(Attempts, "__init__", make)


def retry_unknown() -> None:
    """Take silence for a refusal."""

    def blind(begun: Begun, outcome: Outcome, chances: Chances) -> Ending:
        presumed = RejectedForNow(outcome.code) if isinstance(outcome, Unknown) else outcome
        return ending(begun, presumed, chances)

    _replace(send_batch, "ending", blind)


def sweep_nothing() -> None:
    """Let what dead workers held lie where it is."""
    _replace(Sweeper, "__call__", lambda _: 0)
    _replace(worker, "recover", lambda _: None)


APPLY: dict[str, Callable[[], None]] = {
    NO_COMPARE_AND_SET: never_compare,
    BLIND_RETRY: retry_unknown,
    NO_SWEEPER: sweep_nothing,
}


def _replace(place: object, name: str, by: object) -> None:
    assert hasattr(place, name), f"{place} has no {name} any more: the mutant must change with it"
    setattr(place, name, by)
