"""Stop a text that goes to one address over and over, and alert one person.

If the same text goes out again and again, something of ours runs in a loop.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.attempts import Beginning, Begun
from services.reminders.delivery.domain.dispatch import (
    IGNORED,
    LOOP_WITHIN,
    MOST_IDENTICAL,
    Drop,
    Rule,
)
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.storage.incidents import Incidents
from services.reminders.delivery.usecases.ports import Announce, Repeats

_REMEMBERED: Final = 32_768


def fingerprint(address_index: bytes, text: str) -> bytes:
    """Identify a text to an address. The address's index is keyed, so it reveals nothing."""
    return blake2b(text.encode(), key=address_index[-64:], digest_size=8).digest()


class RecentTexts:
    """What this process sent lately; bounded, so that under load it forgets sooner."""

    def __init__(self, monotonic: Callable[[], float], most: int = _REMEMBERED) -> None:
        self._monotonic = monotonic
        self._most = most
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._turn_at = monotonic() + LOOP_WITHIN.total_seconds()

    def __contains__(self, name: bytes) -> bool:
        self._turn()
        return name in self._young or name in self._old

    def add(self, name: bytes) -> None:
        self._turn()
        self._young.add(name)

    def _turn(self) -> None:
        """A name is kept for five to ten minutes, or through as many others as fit."""
        if self._monotonic() >= self._turn_at or len(self._young) >= self._most:
            self._young, self._old = set(), self._young
            self._turn_at = self._monotonic() + LOOP_WITHIN.total_seconds()


class LoopCheck(msgspec.Struct, frozen=True):
    """The attempts that `passed` may begin.

    `names` has the fingerprints of texts that count, by the message's key; `before` says how often
    each was sent lately.
    """

    passed: list[Beginning]
    names: Mapping[tuple[int, int], bytes]
    before: Mapping[bytes, int]


class LoopBreaker:
    """Checks attempts before they begin, and notes those that began.

    The first sending of a text is remembered in this process alone; Redis counts repetitions, which
    are rare. So with several workers each may send one uncounted before the loop is noticed.
    """

    def __init__(
        self,
        repeats: Repeats,
        claims: Claims,
        incidents: Incidents,
        announce: Announce,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._repeats = repeats
        self._claims = claims
        self._incidents = incidents
        self._announce = announce
        self._recent = RecentTexts(monotonic)

    def check(self, beginnings: Sequence[Beginning]) -> LoopCheck:
        """Drop the messages that would continue a loop."""
        names = {
            beginning.claim.key: _name(beginning) for beginning in beginnings if _counts(beginning)
        }
        before = self._before(Counter(names.values()))
        so_far = Counter(before)
        passed, stopped = [], []
        for beginning in beginnings:
            name = names.get(beginning.claim.key)
            if name is not None and so_far[name] >= MOST_IDENTICAL:
                stopped.append(beginning.claim)
            else:
                passed.append(beginning)
                so_far[name or b""] += name is not None
        if stopped:
            self._stop(stopped, {names[claim.key] for claim in stopped})
        return LoopCheck(passed, names, before)

    def note(self, check: LoopCheck, begun: Sequence[Begun]) -> None:
        """Count the texts whose attempts have begun."""
        repeated: Counter[bytes] = Counter()
        for attempt in begun:
            name = check.names.get(attempt.beginning.claim.key)
            if name is None:
                continue
            if name in self._recent:
                is_second = name not in repeated and not check.before.get(name)
                repeated[name] += 2 if is_second else 1  # the first is not counted in Redis yet
            else:
                self._recent.add(name)
        if repeated:
            self._repeats.add(repeated)

    def _before(self, names: Counter[bytes]) -> Mapping[bytes, int]:
        repeated = [name for name, times in names.items() if times > 1 or name in self._recent]
        return self._repeats.counts(repeated) if repeated else {}

    def _stop(self, claims: Sequence[Claim], names: Collection[bytes]) -> None:
        drop = Drop(ReminderStatus.FAILED, Reason.LOOP_STOPPED)
        self._claims.drop([(claim, drop) for claim in claims])
        self._repeats.keep_stopped(names)
        for claim in {(claim.clinic_id, claim.patient_id): claim for claim in claims}.values():
            self._incidents.open_once(
                claim, f"The same {claim.channel} went to one address over and over; find out why"
            )
        self._announce([claim.key for claim in claims])


def _counts(beginning: Beginning) -> bool:
    """Another attempt of the same message does not count as the same text again."""
    return (
        beginning.claim.attempts == 0
        and bool(beginning.address_indexes)
        and Rule.LOOP not in IGNORED[beginning.claim.kind]
    )


def _name(beginning: Beginning) -> bytes:
    return fingerprint(beginning.address_indexes[0], beginning.message.text)
