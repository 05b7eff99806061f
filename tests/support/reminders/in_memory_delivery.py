"""One patient's care in memory: the product's rules, a worker that is late, and what was sent.

No database: a row moves as the statements move it, each time by the domain's own judgment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Purpose
from services.contracts.reminders import ClinicRecord, ConsentRecord
from services.contracts.words import (
    ConsentBasis,
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.core import caps, visits
from services.reminders.core.message_text import MessageFacts, StepText
from services.reminders.core.outbound import Claim, OutboundKind
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.windows import Window, local_text
from services.reminders.delivery.domain import dispatch
from services.reminders.enrollments.domain import planning, revision, schedule
from services.reminders.enrollments.domain.reminders import NewReminder
from services.reminders.rendering.renderer import render_together

STEP_LIMIT = 3000  # of one walk; more means that something goes round in circles


class GoesRound(AssertionError):
    """A message was put off again and again without its time getting on."""


@dataclass(kw_only=True)
class Row:
    id: int
    plan: AftercarePlan
    new: NewReminder
    state: ReminderStatus
    reason: str
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    generation: int = 0
    merged_into: int | None = None
    over_at: datetime | None = None  # when it ended unsent


@dataclass(frozen=True, kw_only=True)
class Sent:
    at: datetime
    channel: Channel
    text: str
    rows: tuple[Row, ...]
    started_at: datetime
    ended_at: datetime | None
    is_active: bool
    is_opted_out: bool


@dataclass(kw_only=True)
class InMemoryDelivery:
    """One enrollment; `lateness` says how late the worker is, again and again in turn."""

    patient: Patient
    plan: AftercarePlan
    now: datetime
    cap: int | None
    lateness: Sequence[timedelta] = (timedelta(0),)
    rows: list[Row] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    opted_out: set[Channel] = field(default_factory=set)
    status: EnrollmentStatus = EnrollmentStatus.ACTIVE
    started_at: datetime | None = None
    ended_at: datetime | None = None
    planned: planning.Planned | None = None
    turns: int = 0

    @property
    def window(self) -> Window:
        return self.patient.window()

    # ------------------------------------------------------------ what staff and patient do
    def enroll(self, started_at: datetime, ended_at: datetime | None = None) -> None:
        self.started_at, self.ended_at = started_at, ended_at
        self.planned = self._planned()
        for new in self.planned.reminders:
            self._add(new, 0)
        self._merge()

    def reschedule(self, started_at: datetime) -> None:
        if self.status is not EnrollmentStatus.ACTIVE or self.started_at is None:
            return
        was = self._nominal_times()
        shift = started_at - self.started_at
        self.started_at = started_at
        self.ended_at = self.ended_at and self.ended_at + shift
        planned = self.planned = self._planned()
        nominal = self._nominal_times()
        target = revision.RevisionTarget(
            now=self.now,
            placings={
                planned_step.step.key: revision.Placing(
                    was=was.get(planned_step.step.key),
                    now=nominal[planned_step.step.key],
                    planned=planned_step,
                )
                for planned_step in planned.steps
            },
            reachable=tuple(
                (reminder.step_key, reminder.channel) for reminder in planned.reminders
            ),
            shift=shift,
        )
        result = revision.revise([self._planned_row(row) for row in self.rows], target)
        new = {(reminder.step_key, reminder.channel): reminder for reminder in planned.reminders}
        for act in result.acts:
            self._act(act, new)
        self._merge()

    def cancel(self) -> None:
        self.status = EnrollmentStatus.CANCELLED
        for row in self.rows:
            if row.state in (ReminderStatus.SCHEDULED, ReminderStatus.MERGED) and not (
                self._host_has_begun(row)
            ):
                self._end(row, ReminderStatus.CANCELLED, "ENROLLMENT_CANCELLED")
        self._merge()

    def stop(self, channel: Channel) -> None:
        self.opted_out.add(channel)
        for row in self.rows:
            if row.state is ReminderStatus.SCHEDULED and row.new.channel is channel:
                self._end(row, ReminderStatus.SKIPPED, "OPTED_OUT")

    def start(self, channel: Channel) -> None:
        self.opted_out.discard(channel)

    # ------------------------------------------------------------ what the machinery does
    def walk(self, until: datetime) -> None:
        """Let time pass, and send what is due."""
        while (due_at := self._next_due(until)) is not None:
            self.turns += 1
            if self.turns > STEP_LIMIT:
                raise GoesRound(self.now)
            late = self.lateness[self.turns % len(self.lateness)]
            self.now = max(self.now, due_at + late)
            self._release()
            due = (row for row in self._waiting() if row.due_at <= self.now)
            self._judge(min(due, key=lambda row: (row.new.priority, row.due_at, row.id)))
        self.now = max(self.now, until)
        for row in self._waiting():
            if row.useful_until <= self.now:
                self._end(row, ReminderStatus.EXPIRED, "USEFULNESS_OVER")

    def _waiting(self) -> list[Row]:
        return [row for row in self.rows if row.state is ReminderStatus.SCHEDULED]

    def _next_due(self, until: datetime) -> datetime | None:
        self._release()
        return min((row.due_at for row in self._waiting() if row.due_at <= until), default=None)

    def _judge(self, row: Row) -> None:
        verdict = dispatch.decide(
            self._claim(row),
            self._dispatch_facts(row),
            dispatch.Policy(daily_cap=self.cap),
            now=self.now,
        )
        match verdict:
            case dispatch.Send():
                self._send(row)
            case dispatch.Drop():
                self._end(row, verdict.state, verdict.code)
            case dispatch.Postpone():
                row.due_at, row.reason = verdict.until, verdict.code
                row.local_due_at = local_text(verdict.until, self.window)
            case dispatch.Park():
                raise AssertionError("nothing is held here")

    def _send(self, row: Row) -> None:
        merged = [
            other
            for other in self.rows
            if other.state is ReminderStatus.MERGED and other.merged_into == row.id
        ]
        texts = [StepText(self._step(shown), self._facts()) for shown in (row, *merged)]
        text = render_together(texts, row.new.channel, MessageDetail.DISCREET).text
        row.state, row.reason = ReminderStatus.ACCEPTED, "SENT"
        assert self.started_at is not None
        self.sent.append(
            Sent(
                at=self.now,
                channel=row.new.channel,
                text=text,
                rows=(row, *merged),
                started_at=self.started_at,
                ended_at=self.ended_at,
                is_active=self.status is EnrollmentStatus.ACTIVE,
                is_opted_out=row.new.channel in self.opted_out,
            )
        )

    def _release(self) -> None:
        by_id = {row.id: row for row in self.rows}
        for row in self.rows:
            if row.state is not ReminderStatus.MERGED or row.merged_into is None:
                continue
            host = by_id[row.merged_into]
            if host.state in visits.NEVER_SENT and row.useful_until > self.now:
                row.state, row.merged_into, row.reason = ReminderStatus.SCHEDULED, None, "UNMERGED"

    def _merge(self) -> None:
        messages = [self._message(row) for row in self.rows if row.state in revision.WAITING]
        states = {row.id: row.state for row in self.rows}
        result = visits.regroup(messages, states, now=self.now)
        for row in self.rows:
            if row.id in result.merge:
                row.state, row.reason = ReminderStatus.MERGED, "MERGED"
                row.merged_into = result.merge[row.id]
            elif row.id in result.release:
                row.state, row.merged_into, row.reason = ReminderStatus.SCHEDULED, None, "UNMERGED"

    # ------------------------------------------------------------ as the rows' columns say
    def _add(self, new: NewReminder, generation: int) -> None:
        self.rows.append(
            Row(
                id=len(self.rows) + 1,
                plan=self.plan,
                new=new,
                state=new.state,
                reason=new.state_reason,
                due_at=new.due_at,
                useful_until=new.useful_until,
                local_due_at=new.local_due_at,
                generation=generation,
            )
        )

    def _act(self, act: revision.Act, new: dict[tuple[str, Channel], NewReminder]) -> None:
        match act:
            case revision.Move():
                row = self.rows[act.row.id - 1]
                row.due_at, row.useful_until = act.planned.due_at, act.planned.useful_until
                row.local_due_at = local_text(row.due_at, self.window)
            case revision.End():
                self._end(self.rows[act.row.id - 1], act.state, act.code)
            case revision.Add():
                self._add(new[act.step_channel], act.generation)
            case revision.Keep():
                pass

    def _end(self, row: Row, state: ReminderStatus, code: str) -> None:
        row.state, row.reason, row.over_at = state, code, self.now

    def _planned(self) -> planning.Planned:
        assert self.started_at is not None
        patient = self._reachable()
        times = planning.times_for(patient, self.started_at, self.ended_at, self.now)
        return planning.plan_for(self.plan, patient, times)

    def _nominal_times(self) -> dict[str, schedule.NominalTime]:
        assert self.started_at is not None
        times = schedule.ProcedureTimes(
            started_at=self.started_at,
            ended_at=self.ended_at,
            window=self.window,
            now=self.now,
            spread_by="1.0",
        )
        return {step.key: schedule.nominal_time(step, times) for step in self.plan.steps}

    def _reachable(self) -> Patient:
        return msgspec.structs.replace(
            self.patient,
            contact_points=tuple(
                msgspec.structs.replace(
                    contact_point,
                    suppressions={SuppressionReason.OPT_OUT: self.now}
                    if contact_point.channel in self.opted_out
                    else {},
                )
                for contact_point in self.patient.contact_points
            ),
        )

    def _planned_row(self, row: Row) -> revision.PlannedRow:
        return revision.PlannedRow(
            id=row.id,
            step_key=row.new.step_key,
            step_kind=row.new.step_kind,
            channel=row.new.channel,
            state=row.state,
            state_reason=row.reason,
            due_at=row.due_at,
            useful_until=row.useful_until,
            generation=row.generation,
            host_has_begun=self._host_has_begun(row),
        )

    def _host_has_begun(self, row: Row) -> bool:
        if row.state is not ReminderStatus.MERGED or row.merged_into is None:
            return False
        return self.rows[row.merged_into - 1].state is ReminderStatus.ACCEPTED

    def _message(self, row: Row) -> visits.VisitMessage:
        return visits.VisitMessage(
            id=row.id,
            state=row.state,
            merged_into=row.merged_into,
            channel=row.new.channel,
            contact_point_id=row.new.contact_point_id,
            purpose=row.new.purpose,
            priority=row.new.priority,
            step_kind=row.new.step_kind,
            due_at=row.due_at,
            useful_until=row.useful_until,
            local_due_at=row.local_due_at,
        )

    def _claim(self, row: Row) -> Claim:
        return Claim(
            clinic_id=1,
            id=row.id,
            token=1,
            kind=OutboundKind.REMINDER,
            mode=Mode.LIVE,
            patient_id=1,
            contact_point_id=row.new.contact_point_id,
            enrollment_id=1,
            step_key=row.new.step_key,
            purpose=row.new.purpose,
            channel=row.new.channel,
            due_at=row.due_at,
            useful_until=row.useful_until,
            attempts=0,
            subject_sealed=None,
            body_sealed=None,
        )

    def _dispatch_facts(self, row: Row) -> dispatch.DispatchFacts:
        out = row.new.channel in self.opted_out
        return dispatch.DispatchFacts(
            has_contact=True,
            suppressions=frozenset({SuppressionReason.OPT_OUT} if out else ()),
            consent=dispatch.StandingConsent(
                id=1,
                state=ConsentState.GRANTED,
                detail=MessageDetail.DISCREET,
                contact_point_id=None,
            ),
            window=self.window,
            enrollment_status=self.status,
            procedure_state=ProcedureState.PERFORMED,
            before_it_today=caps.before(row.id, self._todays(row)),
        )

    def _todays(self, row: Row) -> Iterator[caps.OfToday]:
        today = self.now.astimezone(self.window.zone).date()
        begun = {message.rows[0].id: message.at for message in self.sent}
        for other in self.rows:
            at = begun.get(other.id, other.due_at)
            is_waiting = other.state is ReminderStatus.SCHEDULED
            is_today = at.astimezone(self.window.zone).date() == today
            is_overdue = is_waiting and at <= self.now
            if other.new.channel is row.new.channel and (
                (other.id in begun and is_today) or (is_waiting and (is_today or is_overdue))
            ):
                yield caps.OfToday(
                    id=other.id,
                    priority=other.new.priority,
                    step_kind=other.new.step_kind,
                    due_at=other.due_at,
                    is_begun=other.id in begun,
                )

    def _step(self, row: Row) -> AftercareStep:
        return next(step for step in row.plan.steps if step.key == row.new.step_key)

    def _facts(self) -> MessageFacts:
        assert self.started_at is not None
        return MessageFacts(
            clinic_name=self.patient.clinic.name,
            clinic_phone=None,
            emergency_number="112",
            patient_name=None,
            procedure_at=self.started_at,
            procedure_ended_at=self.ended_at or self.started_at,
            read_at=self.now,
            time_zone=self.patient.time_zone,
            locale="en",
        )


def patient_in(window: Window, *, now: datetime, channels: tuple[Channel, ...]) -> Patient:
    """One who permits care and marketing on every channel, and lives by this window."""
    clinic = ClinicRecord(
        id=1,
        name="Rowan Clinic",
        time_zone=window.zone.key,
        locale="en",
        country="US",
        emergency_number="911",
        phone=None,
        quiet_hours=window.quiet,
    )
    return Patient(
        id=0,
        clinic=clinic,
        mode=Mode.LIVE,
        reference=None,
        display_name=None,
        is_adult=True,
        time_zone=window.zone.key,
        is_zone_stated=not window.also,
        region=window.region,
        locale="en",
        channels=channels,
        detail=MessageDetail.DISCREET,
        quiet_hours=window.quiet,
        are_hours_stated=False,
        paused_until=None,
        contact_points=tuple(_contact(n, on) for n, on in enumerate(channels, 1)),
        consents=tuple(_consent(on, purpose, now) for on in channels for purpose in Purpose),
        number_zones=tuple(zone.key for zone in window.also),
    )


def _contact(number: int, channel: Channel) -> ContactPoint:
    return ContactPoint(
        id=number,
        channel=channel,
        address="",
        owner=ContactOwner.SELF,
        verified_at=None,
        is_shared=False,
        suppressions={},
    )


def _consent(channel: Channel, purpose: Purpose, now: datetime) -> ConsentRecord:
    return ConsentRecord(
        id=1,
        channel=channel,
        purpose=purpose,
        state=ConsentState.GRANTED,
        is_current=True,
        detail=MessageDetail.DISCREET,
        method=None,
        basis=ConsentBasis.EXPRESS,
        source="test",
        wording_version=None,
        recorded_by=None,
        recorded_at=now,
    )
