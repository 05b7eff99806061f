"""Says how a text would be understood, and why. Nothing is stored."""

from collections.abc import Sequence

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.check_ins import CheckInOptionRecord
from services.contracts.replies import ExplainReply, ReplyReading
from services.reading.reading import Reading
from services.reading.refusals import Refusal
from services.reminders.check_ins.domain.incoming_text import IncomingText
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.reply_readers import ReplyReaders
from services.reminders.enrollments.usecases.eligibility import PlanSource


class ExplainDeps(msgspec.Struct, frozen=True, kw_only=True):
    source: PlanSource
    readers: ReplyReaders


def explain_replies(
    uow: CheckInsUnitOfWork, asks: Sequence[ExplainReply], deps: ExplainDeps
) -> list[ReplyReading | None]:
    return [_explain(uow, ask, deps) for ask in asks]


def _explain(uow: CheckInsUnitOfWork, ask: ExplainReply, deps: ExplainDeps) -> ReplyReading | None:
    clinic = uow.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
    if clinic is None:
        return None
    clinic_plan = deps.source.plan(clinic.id, ask.plan, ask.locale or clinic.locale)
    question = _question(clinic_plan.plan, ask.step_key) if clinic_plan else None
    if question is None:
        return None
    incoming = IncomingText(
        reader=deps.readers.reader(), text=ask.text, countries=frozenset({clinic.country})
    )
    reading = incoming.read(question)
    return ReplyReading(
        level=reading.level,
        is_opt_out=reading.refusal is Refusal.OPT_OUT,
        may_be_opt_out=reading.refusal is Refusal.HELD,
        option=_option(reading, question),
        reasons=reading.reasons,
    )


def _question(plan: AftercarePlan, step_key: str | None) -> CheckInQuestion | None:
    """The question of the step, or the plan's first one."""
    return next(
        (
            step.check_in
            for step in plan.steps
            if step.check_in is not None and step_key in (None, step.key)
        ),
        None,
    )


def _option(reading: Reading, question: CheckInQuestion) -> CheckInOptionRecord | None:
    return next(
        (
            CheckInOptionRecord(value=option.value, label=option.label)
            for option in question.options
            if option.value == reading.choice
        ),
        None,
    )
