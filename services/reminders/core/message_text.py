"""What a message says: the facts that may be filled in, and the text that comes of it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import AftercareStep, StepKind, Voice


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a template may name. `said_at` is when the patient will read it (“tomorrow” is then).

    `procedure_ended_at` is the start where the end is not known. `opt_out_way` is said where the
    sender cannot be answered, `postal_address` in marketing mail. `check_in_url` is where a patient
    answers; only a message that leaves has one. `clinic_name`, `clinic_phone` and `clinic_hours`
    are the clinic's own; where `voice` is given, the plan speaks by that. `out_of_hours` is what to
    do when the clinic is closed; it and hours are in words of the locale.
    """

    clinic_name: str
    clinic_phone: str | None
    clinic_hours: str | None = None
    voice: Voice | None = None
    emergency_number: str
    patient_name: str | None
    procedure_at: datetime
    procedure_ended_at: datetime
    said_at: datetime
    time_zone: str
    locale: str
    opt_out_way: str | None = None
    postal_address: str | None = None
    check_in_url: str = "[link]"
    out_of_hours: str | None = None

    @property
    def sender_name(self) -> str:
        """By which name a message speaks; who is answerable for it is `clinic_name`."""
        return (self.voice and self.voice.sender_name) or self.clinic_name

    @property
    def phone(self) -> str | None:
        """The number that a message tells a patient to call."""
        return (self.voice and self.voice.phone) or self.clinic_phone

    @property
    def hours(self) -> str | None:
        """When that number is answered; nothing is said of another number than the clinic's own."""
        if self.voice and (self.voice.hours or self.voice.phone):
            return self.voice.hours
        return self.clinic_hours


class RenderedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` and `html`, which is made from `text`, for email only."""

    text: str
    subject: str | None = None
    html: str | None = None


class StepText(msgspec.Struct, frozen=True):
    """One step as it is said about one procedure."""

    step: AftercareStep
    facts: MessageFacts


def said_together(every: Sequence[StepText]) -> tuple[StepText, ...]:
    """Prepare texts for one message: all count from the latest end, and a question comes last.

    After several procedures the one that ended last says when a restriction is over.
    """
    ended_at = max(one.facts.procedure_ended_at for one in every)
    alike = [
        StepText(one.step, msgspec.structs.replace(one.facts, procedure_ended_at=ended_at))
        for one in every
    ]
    return tuple(sorted(alike, key=lambda one: one.step.kind is StepKind.CHECK_IN))


def answered_at(url: str, every: Sequence[StepText]) -> tuple[StepText, ...]:
    """The same, told where a patient answers what is asked."""
    return tuple(
        StepText(one.step, msgspec.structs.replace(one.facts, check_in_url=url))
        if one.step.check_in
        else one
        for one in every
    )


class CannotRender(Exception):
    """A text cannot be made; says which step and why, never a patient's data."""
