"""Renders a plan's messages without sending them, to find early which cannot be rendered."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, StepKind, Voice
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.words import MessageDetail
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.enrollment import Procedure
from services.reminders.core.locales import reader_locale, text_in
from services.reminders.core.message_text import CannotRender, MessageFacts
from services.reminders.core.patient import Patient
from services.reminders.core.readable_times import hours_in_words
from services.reminders.rendering.renderer import render

LONGEST_NAME: Final = "W" * 60
"""No message greets a patient by a longer name."""


def facts_about(
    patient: Patient, procedure: Procedure, *, sent_at: datetime, voice: Voice | None
) -> MessageFacts:
    """What a text may name; `voice` is that of the plan."""
    clinic = patient.clinic
    locale = reader_locale(patient.locale, reader=patient.locale, country=clinic.country)
    return MessageFacts(
        clinic_name=clinic.name,
        clinic_phone=clinic.phone,
        voice=voice,
        emergency_number=emergency_number_for(
            patient.region, country=clinic.country, own=clinic.emergency_number
        ),
        patient_name=patient.display_name,
        procedure_at=procedure.procedure_at,
        procedure_ended_at=procedure.procedure_ended_at or procedure.procedure_at,
        read_at=sent_at,
        time_zone=patient.time_zone,
        locale=locale,
        clinic_hours=hours_in_words(clinic.opening_hours, locale),
        out_of_hours=text_in(locale, clinic.out_of_hours, written_in=clinic.locale),
    )


def unrenderable(procedure: Procedure, patient: Patient, plan: AftercarePlan) -> Refusal | None:
    """Refuse a plan whose messages would fail to render on the day they are due."""
    facts = facts_about(patient, procedure, sent_at=procedure.procedure_at, voice=plan.voice)
    failed = unrenderable_steps(plan, facts)
    if not failed:
        return None
    hint = "" if patient.clinic.phone else " The clinic has no phone number, and they may name it."
    message = f"These steps cannot be put into words for this clinic: {', '.join(failed)}.{hint}"
    return refuse(UserErrorCode.INVALID, message, "plan")


def unrenderable_steps(plan: AftercarePlan, facts: MessageFacts) -> tuple[str, ...]:
    """Find the keys of the steps that cannot be rendered on some channel at some detail.

    The result is cached for a plan and a clinic: the patient and the time do not change it.
    """
    return _unrenderable(_DryRun(plan, facts))


class _DryRun:
    """Equal to another of the same plan whose texts differ by names and dates only."""

    def __init__(self, plan: AftercarePlan, facts: MessageFacts) -> None:
        self.plan, self.facts = plan, facts
        self._key = (
            hashlib.blake2b(msgspec.msgpack.encode(plan), digest_size=16).digest(),
            *(facts.clinic_name, facts.clinic_phone, facts.emergency_number),
            *(facts.time_zone, facts.locale, facts.clinic_hours, facts.out_of_hours),
        )

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _DryRun):
            return NotImplemented
        return self._key == other._key


@lru_cache(maxsize=512)
def _unrenderable(dry_run: _DryRun) -> tuple[str, ...]:
    failed: dict[str, None] = {}
    for step in dry_run.plan.steps:
        for channel in () if step.kind is StepKind.CLINICIAN_TASK else step.channels:
            for detail in MessageDetail:
                if not all(_renders(dry_run, step, channel, detail)):
                    failed[step.key] = None
    return tuple(failed)


def _renders(
    dry_run: _DryRun, step: AftercareStep, channel: Channel, detail: MessageDetail
) -> Iterator[bool]:
    for name in (None, LONGEST_NAME):
        facts = msgspec.structs.replace(dry_run.facts, patient_name=name)
        try:
            render(step, channel, detail, facts)
        except CannotRender:
            yield False
        else:
            yield True
