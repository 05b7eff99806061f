"""Alerts staff that a patient may be in danger, and sends the patient the safety text."""

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.check_in_questions import AnswerText
from services.contracts.events import EscalationChanged
from services.contracts.words import CheckInLevel
from services.reading.reading import Reading
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.escalation import NewEscalation
from services.reminders.check_ins.domain.incoming_text import CRISIS
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.answer_texts import (
    crisis_text_for,
    default_safety_text,
    render,
    step_text,
)
from services.reminders.core.message_text import CannotRender
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment


class RedFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A red flag of a patient, and the channel to send the safety text on.

    `is_known_to_staff`: staff recorded it themselves, so an escalation that they have acknowledged
    does not alert them anew.
    """

    patient: Patient
    enrollment: Enrollment
    step: AftercareStep
    reading: Reading
    channel: Channel
    check_in: CheckIn | None = None
    inbound_id: int | None = None
    sends_safety_text: bool = True
    is_known_to_staff: bool = False


def raise_red_flag(uow: CheckInsUnitOfWork, red_flag: RedFlag) -> bool:
    """Alert staff and send the safety text.

    Returns False if neither is done, because alerts about the enrollment are on their way.
    """
    enrollment = red_flag.enrollment
    contact = red_flag.patient.contact(red_flag.channel)
    must_phone = contact is None or bool(contact.suppressions)
    new = NewEscalation(
        mode=enrollment.mode,
        clinic_id=enrollment.clinic_id,
        patient_id=red_flag.patient.id,
        enrollment_id=enrollment.id,
        check_in_id=red_flag.check_in.key.id if red_flag.check_in else None,
        inbound_id=red_flag.inbound_id,
        reason=_reason(red_flag),
        must_phone=must_phone,
    )
    is_alerted = raise_escalation(uow, new, is_known_to_staff=red_flag.is_known_to_staff)
    if is_alerted and contact is not None and not must_phone and red_flag.sends_safety_text:
        _send_safety_text(uow, red_flag, contact.id)
    return is_alerted


def raise_escalation(
    uow: CheckInsUnitOfWork, new: NewEscalation, *, is_known_to_staff: bool = False
) -> bool:
    """Open an escalation, or alert staff anew about one that somebody has acknowledged.

    Returns False if nobody is alerted, because earlier alerts about the enrollment still go out.
    """
    escalation_id = uow.escalations.open(new)
    if escalation_id is None:
        opened = uow.open_escalations.lock(new.clinic_id, new.enrollment_id)
        if opened is None:  # resolved by somebody at this moment
            return raise_escalation(uow, new, is_known_to_staff=is_known_to_staff)
        if new.must_phone:
            uow.open_escalations.must_phone(opened)
        if is_known_to_staff or not opened.needs_new_alerts_for(new):
            return False
        uow.open_escalations.alert_again(opened, new)
        escalation_id = opened.id
    uow.announce(EscalationChanged(clinic_id=new.clinic_id, escalation_id=escalation_id))
    return True


def _send_safety_text(uow: CheckInsUnitOfWork, red_flag: RedFlag, contact_point_id: int) -> None:
    safety = _safety_text(uow, red_flag)
    uow.outbox.put(
        OutboxMessage(
            kind=OutboundKind.SAFETY,
            mode=red_flag.enrollment.mode,
            clinic_id=red_flag.enrollment.clinic_id,
            patient_id=red_flag.patient.id,
            contact_point_id=contact_point_id,
            enrollment_id=red_flag.enrollment.id,
            channel=red_flag.channel,
            text=safety.text,
            subject=safety.subject if red_flag.channel is Channel.EMAIL else None,
        )
    )


def _safety_text(uow: CheckInsUnitOfWork, red_flag: RedFlag) -> AnswerText:
    """The plan's safety text, or the default one if the plan's cannot be rendered."""
    texts = step_text(uow, red_flag.patient, red_flag.enrollment, red_flag.step)
    if red_flag.reading.rule == CRISIS:
        return crisis_text_for(red_flag.patient, red_flag.channel, texts)
    question = red_flag.step.check_in
    if question is None:
        return default_safety_text(red_flag.channel, texts)
    try:
        return render(question.replies.red, red_flag.channel, texts)
    except CannotRender:
        return default_safety_text(red_flag.channel, texts)


def _reason(red_flag: RedFlag) -> str:
    reading, question = red_flag.reading, red_flag.step.check_in
    if reading.choice is not None and question:
        label = next(option.label for option in question.options if option.value == reading.choice)
        return f"{red_flag.step.title}: answered “{label}”."
    return f"{red_flag.step.title}: wrote of a red flag, {reading.rule}."


def unread_escalation(
    enrollment: Enrollment, patient: Patient, inbound_id: int | None, reason: str
) -> NewEscalation:
    """An escalation about a text that nobody has read in time."""
    contact = patient.contact(Channel.SMS) or patient.contact(Channel.EMAIL)
    return NewEscalation(
        mode=enrollment.mode,
        clinic_id=enrollment.clinic_id,
        patient_id=patient.id,
        enrollment_id=enrollment.id,
        check_in_id=None,
        inbound_id=inbound_id,
        reason=reason,
        must_phone=contact is None or bool(contact.suppressions),
        level=CheckInLevel.UNCLEAR,
    )
