"""What a planned time becomes when the rules of its time zone change. Pure."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import AftercareStep
from services.contracts.operations import Place
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import NoSuchZone, instant, zone_named

_EXACT: Final = frozenset({Reason.PLANNED, Reason.LATE_SENT_NOW, Reason.LATE_CAUGHT_UP})
"""Reasons with which a step that counts hours is due at exactly that instant."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """`local_due_at` holds the local time, offset and zone name as planned."""

    due_at: datetime
    useful_until: datetime
    local_due_at: str


def retimed(was: Timing, *, keeps_instant: bool, keeps_usefulness: bool) -> Timing | None:
    """The timing by the zone's current rules. Returns None if nothing changes.

    A time on the patient's clock stays the same, and its usefulness moves along unless that is
    counted in hours.
    """
    local, _, name = was.local_due_at.removesuffix("]").partition("[")
    try:
        zone = zone_named(name)
    except NoSuchZone:
        return None
    if _text(was.due_at, zone) == was.local_due_at:
        return None
    if keeps_instant:
        return msgspec.structs.replace(was, local_due_at=_text(was.due_at, zone))
    clock = datetime.fromisoformat(local)
    becomes = instant(clock.date(), clock.time(), zone)
    becomes = becomes.replace(microsecond=was.due_at.microsecond)
    shift = becomes - was.due_at.astimezone(UTC)
    return Timing(
        due_at=becomes,
        useful_until=was.useful_until if keeps_usefulness else was.useful_until + shift,
        local_due_at=_text(becomes, zone),
    )


def is_exact(step: AftercareStep, reason: str | None) -> bool:
    """Whether a reminder is due a number of hours from the procedure, and nothing moved it."""
    return step.after is not None and reason in _EXACT


def _text(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone).isoformat(timespec='seconds')}[{zone.key}]"


class WaitingReminder(msgspec.Struct, frozen=True, kw_only=True):
    clinic_id: int
    id: int
    plan_version_id: int
    step_key: str
    state_reason: str | None
    timing: Timing

    @property
    def place(self) -> Place:
        return self.clinic_id, self.id
