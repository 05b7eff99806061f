"""The texts with which an answer to a check-in is replied to."""

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.check_in_questions import AnswerText, CheckInQuestion
from services.contracts.words import CheckInLevel
from services.reminders.check_ins.domain.alert_texts import crisis_text, safety_text
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.pinned_plan import plan_voice
from services.reminders.core.crisis_lines import crisis_line_for
from services.reminders.core.message_text import StepText, facts_about
from services.reminders.core.patient import Patient
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.rendering.renderer import fill


def reply_for(question: CheckInQuestion, level: CheckInLevel) -> AnswerText:
    """The plan's reply to an answer of a level."""
    replies = question.replies
    return {
        CheckInLevel.GREEN: replies.green,
        CheckInLevel.AMBER: replies.amber,
        CheckInLevel.RED: replies.red,
    }.get(level, replies.unclear)


def default_safety_text(channel: Channel, texts: StepText) -> AnswerText:
    """The product's own safety text, which needs nothing from the plan."""
    facts = texts.facts
    text = safety_text(
        clinic=facts.name_on(channel),
        locale=facts.locale,
        phone=facts.phone,
        emergency=facts.emergency_number,
    )
    return AnswerText(text=text, subject=facts.sender_name)


def crisis_text_for(patient: Patient, channel: Channel, texts: StepText) -> AnswerText:
    """The safety text for thoughts of death, with the crisis line of the patient's country."""
    facts = texts.facts
    line = crisis_line_for(patient.region, country=patient.clinic.country)
    text = crisis_text(
        clinic=facts.name_on(channel),
        locale=facts.locale,
        line=line,
        emergency=facts.emergency_number,
    )
    return AnswerText(text=text, subject=facts.sender_name)


def render(text: AnswerText, channel: Channel, texts: StepText) -> AnswerText:
    """Raises CannotRender."""
    return AnswerText(
        text=fill(text.text, channel, texts),
        subject=fill(text.subject, channel, texts),
    )


def step_text(
    uow: CheckInsUnitOfWork,
    patient: Patient,
    enrollment: Enrollment,
    step: AftercareStep,
    check_in_url: str | None = None,
) -> StepText:
    """The step with the facts that its texts may use now."""
    voice = plan_voice(uow, enrollment)
    facts = facts_about(patient, enrollment, sent_at=uow.now(), voice=voice)
    if check_in_url is not None:
        facts = msgspec.structs.replace(facts, check_in_url=check_in_url)
    return StepText(step, facts)
