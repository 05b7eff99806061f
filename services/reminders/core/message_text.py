"""The facts that may be filled in in a message, and the text that results."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, Channel, StepKind, Voice
from services.contracts.sms.names import name_on
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.enrollment import Procedure
from services.reminders.core.locales import reader_locale, text_in
from services.reminders.core.patient import Patient
from services.reminders.core.readable_times import hours_in_words

PREVIEWED_LINK: Final = "[link]"
"""Stands for a link in the text of a message that is not about to be sent."""


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a template may name.

    `read_at` is when the patient will read the message; “tomorrow” counts from it.
    `procedure_ended_at` is the start where the end is unknown. `opt_out_way` is shown where the
    patient cannot reply to the sender, `postal_address` in marketing mail. `check_in_url` is where
    a patient answers; only a message about to be sent has one. `unsubscribe_url` is where a click
    ends marketing mail; None if a message has no such link. `clinic_name`, `sms_name` (for texts;
    None: as proposed), `clinic_phone` and `clinic_hours` are the clinic's own; a plan with a
    `voice` uses the voice's instead.
    `out_of_hours` is what to do when the clinic is closed. It and the hours are in the locale.
    The patient lives by `time_zone`. `visit_zone` is the clinic's, None if it is the same.
    """

    clinic_name: str
    sms_name: str | None = None
    clinic_phone: str | None
    clinic_hours: str | None = None
    voice: Voice | None = None
    emergency_number: str
    patient_name: str | None
    procedure_at: datetime
    procedure_ended_at: datetime
    read_at: datetime
    time_zone: str
    locale: str
    opt_out_way: str | None = None
    visit_zone: str | None = None
    postal_address: str | None = None
    check_in_url: str = PREVIEWED_LINK
    unsubscribe_url: str | None = None
    out_of_hours: str | None = None

    @property
    def sender_name(self) -> str:
        """The name a message is signed with. The clinic of `clinic_name` is responsible for it."""
        return (self.voice and self.voice.sender_name) or self.clinic_name

    def name_on(self, channel: Channel) -> str:
        """The name a message on this channel is signed with."""
        own = self.sms_name if self.sender_name == self.clinic_name else None
        return name_on(channel, self.sender_name, own)

    @property
    def phone(self) -> str | None:
        """The number that a message asks a patient to call."""
        return (self.voice and self.voice.phone) or self.clinic_phone

    @property
    def hours(self) -> str | None:
        """When that number is answered. The clinic's hours hold for its own number alone."""
        if self.voice and (self.voice.hours or self.voice.phone):
            return self.voice.hours
        return self.clinic_hours


class RenderedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` and `html` are for email only; `html` is made from `text`."""

    text: str
    subject: str | None = None
    html: str | None = None


class StepText(msgspec.Struct, frozen=True):
    """A step, and the facts that its text is filled with."""

    step: AftercareStep
    facts: MessageFacts


def combine_texts(texts: Sequence[StepText]) -> tuple[StepText, ...]:
    """Prepare texts for one message: all count from the latest end, and a question comes last.

    After several procedures, a restriction is over when it is over for the last of them.
    """
    ended_at = max(text.facts.procedure_ended_at for text in texts)
    aligned = [
        StepText(text.step, msgspec.structs.replace(text.facts, procedure_ended_at=ended_at))
        for text in texts
    ]
    return tuple(sorted(aligned, key=lambda text: text.step.kind is StepKind.CHECK_IN))


def answered_at(url: str, texts: Sequence[StepText]) -> tuple[StepText, ...]:
    """The texts, with the address where a patient answers a question."""
    return tuple(
        StepText(text.step, msgspec.structs.replace(text.facts, check_in_url=url))
        if text.step.check_in
        else text
        for text in texts
    )


class CannotRender(Exception):
    """A text cannot be rendered. The message names the step and the cause, never patient data."""


def facts_about(
    patient: Patient,
    procedure: Procedure,
    *,
    sent_at: datetime,
    voice: Voice | None,
    unsubscribe_url: str | None = None,
) -> MessageFacts:
    """What a text may name; `voice` is that of the plan."""
    clinic = patient.clinic
    locale = reader_locale(
        patient.locale, reader=patient.locale, place=patient.region or clinic.country
    )
    return MessageFacts(
        clinic_name=clinic.name,
        sms_name=clinic.sms_name,
        clinic_phone=clinic.phone,
        voice=voice,
        emergency_number=emergency_number_for(
            patient.region, country=clinic.country, own=clinic.emergency_number
        ),
        patient_name=patient.display_name,
        procedure_at=procedure.procedure_at,
        procedure_ended_at=procedure.procedure_ended_at or procedure.procedure_at,
        read_at=sent_at,
        unsubscribe_url=unsubscribe_url,
        time_zone=patient.time_zone,
        visit_zone=clinic.time_zone,
        locale=locale,
        clinic_hours=hours_in_words(clinic.opening_hours, locale),
        out_of_hours=text_in(locale, clinic.out_of_hours, written_in=clinic.locale),
    )
