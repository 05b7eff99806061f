from datetime import UTC, datetime

import msgspec

from services.contracts.words import CheckInLevel, Mode


class NewEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """Why staff are alerted. `must_phone`: the patient cannot be sent a text.

    `level` is RED for danger, and UNCLEAR for a text that nobody has read in time.
    """

    mode: Mode
    clinic_id: int
    patient_id: int
    enrollment_id: int
    check_in_id: int | None
    inbound_id: int | None
    reason: str
    must_phone: bool
    level: CheckInLevel = CheckInLevel.RED


class OpenEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """The escalation of an enrollment that is not resolved yet."""

    clinic_id: int
    id: int
    level: CheckInLevel
    reason: str
    acknowledged_at: datetime | None
    acknowledged_by: str | None

    def needs_new_alerts_for(self, new: NewEscalation) -> bool:
        """Whether staff have to be alerted anew, because what they know is milder or older."""
        is_worse = new.level is CheckInLevel.RED and self.level is not CheckInLevel.RED
        return is_worse or self.acknowledged_at is not None

    def history(self, reason: str) -> str:
        """The reason with what came before: who acknowledged it, and when."""
        if self.acknowledged_at is None:
            return f"{self.reason} Then: {reason}"
        at = self.acknowledged_at.astimezone(UTC)
        acknowledged = f"Acknowledged by {self.acknowledged_by} on {at:%Y-%m-%d at %H:%M} UTC."
        return f"{self.reason} {acknowledged} Then: {reason}"


class DueEscalation(msgspec.Struct, frozen=True, kw_only=True):
    """An open escalation whose next alerts are due, at `tier` of the chain.

    `alerted_from` is when the round of alerts began, from which the tiers count.
    """

    clinic_id: int
    id: int
    mode: Mode
    round: int
    tier: int
    alerted_from: datetime
    must_phone: bool


class UnreadTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that was still open when it was due. Without a patient, several share the phone."""

    clinic_id: int
    id: int
    mode: Mode
    patient_id: int | None
    inbound_id: int | None
    opened_at: datetime
