"""Runs the check-in timers.

They alert staff, repeat and close open questions, and follow lost messages.

Every dispatcher runs one round a second, in small batches. Rows that another dispatcher has locked
are skipped, so any number of dispatchers may run, and one may be killed at any point.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import msgspec

from services.contracts.catalog import AftercareStep, Channel, StepKind
from services.contracts.events import EscalationChanged
from services.contracts.words import SuppressionReason, TaskKind
from services.reminders.check_ins.domain.care_task import CareTask, check_in_task
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.follow_up import Consequence, LostMessage, consequence
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress, alert_staff
from services.reminders.check_ins.usecases.answer_texts import step_text
from services.reminders.check_ins.usecases.deadlines import next_open_time
from services.reminders.check_ins.usecases.escalate_unread import escalate_unread
from services.reminders.check_ins.usecases.open_task import open_task
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.core.message_text import CannotRender
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.rendering.links import SignedLinks
from services.reminders.rendering.renderer import fill

_UNREACHABLE: Final = "Care messages do not reach the patient; agree on another way"

OpenUnitOfWork = Callable[[], AbstractContextManager[CheckInsUnitOfWork]]
"""Opens a transaction that ends with the block. Raises StorageAway."""


class TimerLog(Protocol):
    def unanswered(self, clinic_id: int, tier: int) -> None:
        """Nobody has acknowledged an escalation: an operator has to see this."""
        ...

    def failed(self, timer: str, fault: Exception) -> None:
        """Part of a round failed with an unexpected error."""
        ...


class CheckInTimers:
    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        operators: tuple[OperatorAddress, ...],
        links: SignedLinks,
        log: TimerLog,
    ) -> None:
        self._open_uow = open_uow
        self._operators = operators
        self._links = links
        self._log = log

    def __call__(self) -> int:
        """Run each timer once. Returns how many rows were handled. Raises StorageAway."""
        timers = (escalate_unread, self._alert, _close, self._nudge, _follow)
        return sum(self._run(timer) for timer in timers)

    def _run(self, timer: Callable[[CheckInsUnitOfWork], int]) -> int:
        """A row that cannot be read must neither hold alerts back nor end the dispatcher."""
        try:
            with self._open_uow() as uow:
                return timer(uow)
        except StorageAway:
            raise
        except Exception as fault:  # noqa: BLE001 - logged with its place, and tried again
            self._log.failed(timer.__name__.strip("_"), fault)
            return 0

    def _alert(self, uow: CheckInsUnitOfWork) -> int:
        escalations = uow.due_timers.to_alert()
        for escalation in escalations:
            alerted = alert_staff(uow, escalation, self._operators, self._links)
            uow.due_timers.advance(escalation, alerted.next_tier, alerted.next_at)
            uow.announce(
                EscalationChanged(clinic_id=escalation.clinic_id, escalation_id=escalation.id)
            )
            if alerted.pages_operator:
                self._log.unanswered(escalation.clinic_id, alerted.next_tier)
        return len(escalations)

    def _nudge(self, uow: CheckInsUnitOfWork) -> int:
        silent = uow.due_timers.to_nudge()
        for check_in in silent:
            url = self._links.check_in_url(check_in.key.clinic_id, check_in.outbound_id)
            message = _nudge_message(uow, check_in, url)
            if message is not None:
                uow.due_timers.set_nudge(check_in, uow.outbox.put(message))
        return len(silent)


def _follow(uow: CheckInsUnitOfWork) -> int:
    messages = uow.sent_check_ins.follow_up()
    for lost in messages:
        match consequence(lost):
            case Consequence.UNREACHED:
                uow.sent_check_ins.mark_unreached(lost)
                title = "A check-in did not reach the patient; call them"
                task = _lost_message_task(uow, lost, TaskKind.UNREACHED, title)
                open_task(uow, msgspec.structs.replace(task, step_key=lost.step_key))
            case Consequence.UNREACHABLE:
                open_task(uow, _lost_message_task(uow, lost, TaskKind.UNREACHABLE, _UNREACHABLE))
            case Consequence.OPTED_OUT:
                _note_opt_out(uow, lost)
            case Consequence.MUST_PHONE:
                uow.sent_check_ins.must_phone(lost)
    return len(messages)


def _note_opt_out(uow: CheckInsUnitOfWork, lost: LostMessage) -> None:
    """Staff were asked for another way at the opt-out, or else are asked once for all messages."""
    if lost.step_kind is StepKind.CHECK_IN:
        uow.sent_check_ins.mark_unreached(lost)
    if not uow.care_tasks.tells_of_opt_out(lost.clinic_id, lost.enrollment_id):
        open_task(uow, _lost_message_task(uow, lost, TaskKind.UNREACHABLE, _UNREACHABLE))


def _lost_message_task(
    uow: CheckInsUnitOfWork, lost: LostMessage, kind: TaskKind, title: str
) -> CareTask:
    return CareTask(
        clinic_id=lost.clinic_id,
        kind=kind,
        title=title,
        patient_id=lost.patient_id,
        enrollment_id=lost.enrollment_id,
        outbound_id=lost.id,
        due_at=next_open_time(uow, lost.clinic_id),
    )


def _close(uow: CheckInsUnitOfWork) -> int:
    silent = uow.due_timers.close_silent()
    for check_in in silent:
        if _has_opted_out(uow, check_in):
            continue
        title = "A check-in was not answered; call the patient"
        due_at = next_open_time(uow, check_in.key.clinic_id)
        open_task(uow, check_in_task(check_in, TaskKind.UNREACHED, title, due_at))
    return len(silent)


def _has_opted_out(uow: CheckInsUnitOfWork, check_in: CheckIn) -> bool:
    """Whether the silence follows an opt-out that staff have a task about."""
    contact = uow.patients.get([check_in.patient_key])[check_in.patient_key].contact(
        check_in.channel
    )
    is_out = contact is not None and SuppressionReason.OPT_OUT in contact.suppressions
    return is_out and uow.care_tasks.tells_of_opt_out(
        check_in.key.clinic_id, check_in.enrollment_id
    )


def _nudge_message(uow: CheckInsUnitOfWork, check_in: CheckIn, url: str) -> OutboxMessage | None:
    """A nudge on the channel of the question.

    Returns None if the plan has no nudge for it, or if it cannot be rendered.
    """
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return None
    try:
        nudge = _nudge_text(uow, check_in, step, url)
    except CannotRender:
        return None
    if nudge is None:
        return None
    text, subject = nudge
    return OutboxMessage(
        kind=OutboundKind.NUDGE,
        mode=check_in.key.mode,
        clinic_id=check_in.key.clinic_id,
        patient_id=check_in.patient_id,
        contact_point_id=check_in.contact_point_id,
        enrollment_id=check_in.enrollment_id,
        channel=check_in.channel,
        text=text,
        subject=subject,
        until=check_in.closes_at,
    )


def _nudge_text(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, url: str
) -> tuple[str, str | None] | None:
    """Text and subject. Raises CannotRender."""
    nudge = step.check_in and step.check_in.nudge
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    texts = step_text(uow, patient, enrollment, step, url)
    channel = check_in.channel
    if not nudge:
        return None
    if channel is Channel.EMAIL and nudge.email is not None:
        text = fill(nudge.email.text, channel, texts, has_way_out=True)
        return text, fill(nudge.email.subject, channel, texts)
    if channel is Channel.SMS and nudge.sms is not None:
        return fill(nudge.sms, channel, texts, has_way_out=True), None
    return None
