"""Questions that were put to patients, and their answers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import StepKind
from services.contracts.words import CheckInLevel, ReminderStatus
from services.reminders.check_ins.domain.check_in import Answered, CheckIn
from services.reminders.check_ins.storage.sent_check_ins import open_check_ins, was_put
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.core.states import UNSENT
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.drop_unsent import give_up
from services.reminders.database.tables import check_in, enrollment, escalation, outbound
from services.reminders.enrollments.storage.plans import PlanVersions

Row = sa.Row[*tuple[Any, ...]]
Query = sa.Select[*tuple[Any, ...]]


class CheckInRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault, decoded: PlanVersions) -> None:
        self._connection = connection
        self._vault = vault
        self._decoded = decoded

    def open_sent(self, people: Sequence[AddressOwner]) -> None:
        """Open those of these patients' questions that have left, and are not open yet."""
        whose = {(one.clinic_id, one.patient_id) for one in people}
        if whose:
            theirs = sa.tuple_(outbound.c.clinic_id, outbound.c.patient_id).in_(whose)
            open_check_ins(self._connection, self._decoded, theirs)

    def recent(self, people: Sequence[AddressOwner], since: datetime) -> Sequence[CheckIn]:
        """Lock and read what these patients were asked, newest first."""
        whose = {(one.clinic_id, one.patient_id) for one in people}
        if not whose:
            return ()
        query = (
            _check_ins()
            .where(
                sa.tuple_(check_in.c.clinic_id, check_in.c.patient_id).in_(whose),
                check_in.c.opened_at >= since,
                was_put(),
            )
            .order_by(check_in.c.opened_at.desc(), check_in.c.id.desc())
            .with_for_update(of=check_in)
        )
        return self._read(query)

    def lock(self, key: Key) -> CheckIn | None:
        found = self._read(_check_ins().where(*_is(key)).with_for_update(of=check_in))
        return next(iter(found), None)

    def get(self, keys: Collection[Key]) -> Mapping[Key, CheckIn]:
        wanted = [(key.clinic_id, str(key.mode), key.id) for key in set(keys)]
        columns = sa.tuple_(check_in.c.clinic_id, check_in.c.mode, check_in.c.id)
        return {one.key: one for one in self._read(_check_ins().where(columns.in_(wanted)))}

    def of_enrollments(self, keys: Collection[Key]) -> Mapping[Key, Sequence[CheckIn]]:
        wanted = [(key.clinic_id, str(key.mode), key.id) for key in set(keys)]
        columns = sa.tuple_(check_in.c.clinic_id, check_in.c.mode, check_in.c.enrollment_id)
        query = _check_ins().where(columns.in_(wanted))
        found = defaultdict[Key, list[CheckIn]](list)
        for one in self._read(query.order_by(check_in.c.opened_at, check_in.c.id)):
            found[one.enrollment_key].append(one)
        return found

    def of_reminder(self, clinic_id: int, reminder_id: int) -> Key | None:
        """The reminder's own question, or that of one whose text it carried."""
        asking = sa.and_(
            outbound.c.clinic_id == clinic_id,
            sa.or_(outbound.c.id == reminder_id, outbound.c.merged_into == reminder_id),
            outbound.c.step_kind == StepKind.CHECK_IN,
        )
        open_check_ins(self._connection, self._decoded, asking)
        row = self._connection.execute(
            sa.select(check_in.c.clinic_id, check_in.c.mode, check_in.c.id)
            .join(
                outbound,
                (outbound.c.clinic_id == check_in.c.clinic_id)
                & (outbound.c.enrollment_id == check_in.c.enrollment_id)
                & (outbound.c.step_key == check_in.c.step_key),
            )
            .where(asking)
            .order_by(outbound.c.id != reminder_id, check_in.c.id)
            .limit(1)
        ).first()
        return row and Key(row.clinic_id, row.mode, row.id)

    def answer(self, key: Key, answered: Answered) -> None:
        self._connection.execute(
            sa.update(check_in)
            .where(*_is(key))
            .values(
                level=answered.level,
                answer_sealed=self._vault.seal_text(
                    answered.text, context=contexts.CHECK_IN_ANSWER
                ),
                answered_via=answered.via,
                answered_at=product_now,
            )
        )

    def stop_nudging(self, one: CheckIn) -> None:
        """Nudge no more, and take back a nudge that has not left."""
        self._connection.execute(sa.update(check_in).where(*_is(one.key)).values(nudge_at=None))
        if one.nudge_id is None:
            return
        give_up(
            self._connection,
            ReminderStatus.CANCELLED,
            "ANSWERED",
            outbound.c.clinic_id == one.key.clinic_id,
            outbound.c.id == one.nudge_id,
            outbound.c.state.in_(UNSENT),
        )

    def _read(self, query: Query) -> list[CheckIn]:
        return [self._check_in(row) for row in self._connection.execute(query)]

    def _check_in(self, row: Row) -> CheckIn:
        answer = row.answer_sealed
        return CheckIn(
            key=Key(row.clinic_id, row.mode, row.id),
            outbound_id=row.outbound_id,
            patient_id=row.patient_id,
            contact_point_id=row.contact_point_id,
            channel=row.channel,
            enrollment_id=row.enrollment_id,
            plan_version_id=row.plan_version_id,
            step_key=row.step_key,
            level=CheckInLevel(row.level),
            opened_at=row.opened_at,
            closes_at=row.closes_at,
            nudge_id=row.nudge_id,
            answer=answer and self._vault.open_text(answer, context=contexts.CHECK_IN_ANSWER),
            answered_via=row.answered_via,
            answered_at=row.answered_at,
            escalation_id=row.escalation_id,
        )


def _check_ins() -> Query:
    newest = (
        sa.select(sa.func.max(escalation.c.id))
        .where(
            escalation.c.clinic_id == check_in.c.clinic_id,
            escalation.c.check_in_id == check_in.c.id,
        )
        .correlate(check_in)
        .scalar_subquery()
    )
    return (
        sa.select(
            check_in,
            outbound.c.channel,
            enrollment.c.plan_version_id,
            newest.label("escalation_id"),
        )
        .join(
            outbound,
            (outbound.c.clinic_id == check_in.c.clinic_id)
            & (outbound.c.id == check_in.c.outbound_id),
        )
        .join(
            enrollment,
            (enrollment.c.clinic_id == check_in.c.clinic_id)
            & (enrollment.c.id == check_in.c.enrollment_id),
        )
    )


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        check_in.c.clinic_id == key.clinic_id,
        check_in.c.mode == key.mode,
        check_in.c.id == key.id,
    )
