"""Stop a text that goes to one address over and over, and have one person told."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from services.contracts.words import ReminderStatus
from services.reminders.core.claim import Claim
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.attempts import Beginning, Begun, Ending
from services.reminders.delivery.domain.dispatch import IGNORED, Drop, Rule
from services.reminders.delivery.domain.loops import MOST_IDENTICAL, RecentTexts, fingerprint
from services.reminders.delivery.usecases.delivery_ports import Attempts, Changed


class Repeats(Protocol):
    """How often texts were sent of late, by fingerprint; shared by all workers. Never raises."""

    def counts(self, names: Collection[bytes]) -> Mapping[bytes, int]: ...
    def add(self, sent: Mapping[bytes, int]) -> None: ...
    def keep_stopped(self, names: Collection[bytes]) -> None:
        """Count their time anew: they are still being tried."""
        ...


class Drops(Protocol):
    def drop(self, dropped: Sequence[tuple[Claim, Drop]]) -> None: ...


class Incidents(Protocol):
    def open_once(self, claim: Claim, title: str) -> None:
        """Open a task about a message's patient, unless one of this title is open."""
        ...


class LoopBreaker:
    """The attempts of a worker, but for those that would go on with a loop.

    A text's first sending is remembered here alone; Redis hears of repetitions, which are rare.
    So with several workers each may let one go uncounted before the loop is seen.
    """

    def __init__(
        self,
        attempts: Attempts,
        repeats: Repeats,
        claims: Drops,
        incidents: Incidents,
        changed: Changed,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts = attempts
        self._repeats = repeats
        self._claims = claims
        self._incidents = incidents
        self._changed = changed
        self._recent = RecentTexts(monotonic)

    def begin(self, beginnings: Sequence[Beginning]) -> list[Begun]:
        names = {one.claim.key: _name(one) for one in beginnings if _counts(one)}
        before = self._before(Counter(names.values()))
        so_far = Counter(before)
        going, stopped = [], []
        for one in beginnings:
            name = names.get(one.claim.key)
            if name is not None and so_far[name] >= MOST_IDENTICAL:
                stopped.append(one.claim)
            else:
                going.append(one)
                so_far[name or b""] += name is not None
        if stopped:
            self._stop(stopped, {names[claim.key] for claim in stopped})
        begun = self._attempts.begin(going) if going else []
        self._note(
            [names[key] for one in begun if (key := one.beginning.claim.key) in names], before
        )
        return begun

    def finish(self, endings: Sequence[Ending]) -> list[Ending]:
        return self._attempts.finish(endings)

    def reconcile(self, late: Sequence[Ending]) -> int:
        return self._attempts.reconcile(late)

    def _before(self, names: Counter[bytes]) -> Mapping[bytes, int]:
        repeated = [name for name, times in names.items() if times > 1 or name in self._recent]
        return self._repeats.counts(repeated) if repeated else {}

    def _stop(self, claims: Sequence[Claim], names: Collection[bytes]) -> None:
        stopped = Drop(ReminderStatus.FAILED, Reason.LOOP_STOPPED)
        self._claims.drop([(claim, stopped) for claim in claims])
        self._repeats.keep_stopped(names)
        for one in {(claim.clinic_id, claim.patient_id): claim for claim in claims}.values():
            self._incidents.open_once(
                one, f"The same {one.channel} went to one address over and over; find out why"
            )
        self._changed([one.key for one in claims])

    def _note(self, sent: Sequence[bytes], before: Mapping[bytes, int]) -> None:
        repeated: Counter[bytes] = Counter()
        for name in sent:
            if name in self._recent:
                is_second = name not in repeated and not before.get(name)
                repeated[name] += 2 if is_second else 1  # the first was told to nobody
            else:
                self._recent.add(name)
        if repeated:
            self._repeats.add(repeated)


def _counts(one: Beginning) -> bool:
    """Another try of the same message is none of the same text."""
    return (
        one.claim.attempts == 0
        and bool(one.address_indexes)
        and Rule.LOOP not in IGNORED[one.claim.kind]
    )


def _name(one: Beginning) -> bytes:
    return fingerprint(one.address_indexes[0], one.message.text)
