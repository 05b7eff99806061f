"""What time brings about: questions open, silence is noticed, staff are alerted.

Every dispatcher does this once a second, in small batches; rows that another one holds are skipped,
so it does not matter how many there are, or where one was killed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.events import EscalationChanged
from services.contracts.words import TaskKind
from services.reminders.check_ins.domain.care_task import CareTask
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.follow_up import Consequence, Ended, consequence
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress, alert_staff
from services.reminders.check_ins.usecases.apply_answer import about, open_task
from services.reminders.check_ins.usecases.pinned_plan import asked_step
from services.reminders.core.message_text import CannotRender
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.storage_away import StorageAway
from services.reminders.rendering.links import SignedLinks
from services.reminders.rendering.renderer import fill

OpenUnitOfWork = Callable[[], AbstractContextManager[CheckInsUnitOfWork]]
"""Opens a transaction that ends with the block. Raises StorageAway."""


class Log(Protocol):
    def unanswered(self, clinic_id: int, rung: int) -> None:
        """Nobody acknowledges an escalation: an operator has to see this."""
        ...

    def failed(self, what: str, fault: Exception) -> None:
        """Part of a round broke on something that should not be there."""
        ...


class CheckInTimers:
    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        operators: tuple[OperatorAddress, ...],
        links: SignedLinks,
        log: Log,
    ) -> None:
        self._open_uow = open_uow
        self._operators = operators
        self._links = links
        self._log = log

    def __call__(self) -> int:
        """One round of each; answers with how much was dealt with. Raises StorageAway."""
        rounds = (self._alert, _close, self._nudge, _follow)
        return sum(self._in_turn(act) for act in rounds)

    def _in_turn(self, act: Callable[[CheckInsUnitOfWork], int]) -> int:
        """What cannot be read must neither keep alerts from staff nor end the dispatcher."""
        try:
            with self._open_uow() as uow:
                return act(uow)
        except StorageAway:
            raise
        except Exception as fault:  # noqa: BLE001 - said in the log with its place, and tried again
            self._log.failed(act.__name__.strip("_"), fault)
            return 0

    def _alert(self, uow: CheckInsUnitOfWork) -> int:
        taken = uow.due_timers.to_alert()
        for escalation in taken:
            to = alert_staff(uow, escalation, self._operators, self._links)
            uow.due_timers.climbed(escalation, to)
            uow.announce(
                EscalationChanged(clinic_id=escalation.clinic_id, escalation_id=escalation.id)
            )
            if to.pages_operator:
                self._log.unanswered(escalation.clinic_id, to.rung)
        return len(taken)

    def _nudge(self, uow: CheckInsUnitOfWork) -> int:
        silent = uow.due_timers.to_nudge()
        for check_in in silent:
            url = self._links.check_in_url(check_in.key.clinic_id, check_in.outbound_id)
            message = _nudge_of(uow, check_in, url)
            if message is not None:
                uow.due_timers.nudged(check_in, uow.outbox.put(message))
        return len(silent)


def _follow(uow: CheckInsUnitOfWork) -> int:
    lost = uow.sent_check_ins.follow()
    for ended in lost:
        match consequence(ended):
            case Consequence.UNREACHED:
                uow.sent_check_ins.mark_unreached(ended)
                open_task(uow, _not_asked(ended))
            case Consequence.UNREACHABLE:
                open_task(uow, _out_of_reach(ended))
            case Consequence.MUST_PHONE:
                uow.sent_check_ins.must_phone(ended)
    return len(lost)


def _close(uow: CheckInsUnitOfWork) -> int:
    silent = uow.due_timers.close_silent()
    for check_in in silent:
        open_task(
            uow,
            CareTask(
                clinic_id=check_in.key.clinic_id,
                kind=TaskKind.UNREACHED,
                title="A check-in was not answered; call the patient",
                patient_id=check_in.patient_id,
                enrollment_id=check_in.enrollment_id,
                outbound_id=check_in.outbound_id,
                step_key=check_in.step_key,
            ),
        )
    return len(silent)


def _nudge_of(uow: CheckInsUnitOfWork, check_in: CheckIn, url: str) -> OutboxMessage | None:
    """One more word on the channel that asked; None where the plan has none, or it fails."""
    step = asked_step(uow, check_in)
    if step is None or step.check_in is None:
        return None
    try:
        said = _said(uow, check_in, step, url)
    except CannotRender:
        return None
    if said is None:
        return None
    text, subject = said
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


def _said(
    uow: CheckInsUnitOfWork, check_in: CheckIn, step: AftercareStep, url: str
) -> tuple[str, str | None] | None:
    nudge = step.check_in and step.check_in.nudge
    patient = uow.patients.get([check_in.patient_key])[check_in.patient_key]
    enrollment = uow.enrollments.get([check_in.enrollment_key])[check_in.enrollment_key]
    known = about(uow, patient, enrollment, step, url)
    channel = check_in.channel
    if not nudge:
        return None
    if channel is Channel.EMAIL and nudge.email is not None:
        text = fill(nudge.email.text, channel, known, has_way_out=True)
        return text, fill(nudge.email.subject, channel, known)
    if channel is Channel.SMS and nudge.sms is not None:
        return fill(nudge.sms, channel, known, has_way_out=True), None
    return None


def _not_asked(ended: Ended) -> CareTask:
    return CareTask(
        clinic_id=ended.clinic_id,
        kind=TaskKind.UNREACHED,
        title="A check-in did not reach the patient; call them",
        patient_id=ended.patient_id,
        enrollment_id=ended.enrollment_id,
        outbound_id=ended.id,
        step_key=ended.step_key,
    )


def _out_of_reach(ended: Ended) -> CareTask:
    return CareTask(
        clinic_id=ended.clinic_id,
        kind=TaskKind.UNREACHABLE,
        title="Care messages do not reach the patient; agree on another way",
        patient_id=ended.patient_id,
        enrollment_id=ended.enrollment_id,
        outbound_id=ended.id,
    )
