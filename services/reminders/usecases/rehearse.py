"""Says a plan's messages to nobody, to find out early which of them cannot be said."""

from datetime import datetime

from services.contracts.catalog import AftercarePlan, StepKind
from services.contracts.words import MessageDetail
from services.reminders.domain.clinic import emergency_number_for
from services.reminders.domain.message_text import CannotRender, MessageFacts, Renderer
from services.reminders.domain.patient import Patient


def facts_about(
    patient: Patient, *, procedure_at: datetime, ended_at: datetime | None, said_at: datetime
) -> MessageFacts:
    return MessageFacts(
        clinic_name=patient.clinic.name,
        clinic_phone=patient.clinic.phone,
        emergency_number=emergency_number_for(
            patient.region, country=patient.clinic.country, own=patient.clinic.emergency_number
        ),
        patient_name=patient.display_name,
        procedure_at=procedure_at,
        procedure_ended_at=ended_at or procedure_at,
        said_at=said_at,
        time_zone=patient.time_zone,
        locale=patient.locale,
    )


def unsayable(plan: AftercarePlan, facts: MessageFacts, renderer: Renderer) -> tuple[str, ...]:
    """Find the keys of the steps that cannot be put into words, on any channel at any detail."""
    failed: dict[str, None] = {}
    for step in plan.steps:
        for channel in () if step.kind is StepKind.CLINICIAN_TASK else step.channels:
            for detail in MessageDetail:
                try:
                    renderer.render(step, channel, detail, facts)
                except CannotRender:
                    failed[step.key] = None
    return tuple(failed)
