"""Questions that were put to patients, and their answers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import StepKind
from services.contracts.words import ReminderStatus
from services.reminders.check_ins.domain.check_in import CheckIn, RatedAnswer
from services.reminders.check_ins.storage.sent_check_ins import open_check_ins, was_asked
from services.reminders.consent.domain.opt_out import AddressOwner
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import give_up
from services.reminders.database.fragments import is_row
from services.reminders.database.tables import check_in, enrollment, escalation, outbound
from services.reminders.enrollments.storage.plans import PlanVersions

Row = sa.Row[*tuple[Any, ...]]
Query = sa.Select[*tuple[Any, ...]]


class CheckInRepository:
    """In the transaction of one command."""

    def __init__(
        self, connection: sa.Connection, vault: Vault, plan_versions: PlanVersions
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._plan_versions = plan_versions

    def open_sent(self, owners: Sequence[AddressOwner]) -> None:
        """Open the questions to these patients that were sent and are not open yet."""
        patients = {(owner.clinic_id, owner.patient_id) for owner in owners}
        if patients:
            theirs = sa.tuple_(outbound.c.clinic_id, outbound.c.patient_id).in_(patients)
            open_check_ins(self._connection, self._plan_versions, theirs)

    def recent(self, owners: Sequence[AddressOwner], since: datetime) -> Sequence[CheckIn]:
        """Lock and read the questions to these patients, newest first."""
        patients = {(owner.clinic_id, owner.patient_id) for owner in owners}
        if not patients:
            return ()
        query = (
            _check_ins()
            .where(
                sa.tuple_(check_in.c.clinic_id, check_in.c.patient_id).in_(patients),
                check_in.c.opened_at >= since,
                was_asked(),
            )
            .order_by(check_in.c.opened_at.desc(), check_in.c.id.desc())
            .with_for_update(of=check_in)
        )
        return self._read(query)

    def lock(self, key: Key) -> CheckIn | None:
        check_ins = self._read(_check_ins().where(*_is(key)).with_for_update(of=check_in))
        return next(iter(check_ins), None)

    def get(self, keys: Collection[Key]) -> Mapping[Key, CheckIn]:
        wanted = [(key.clinic_id, str(key.mode), key.id) for key in set(keys)]
        columns = sa.tuple_(check_in.c.clinic_id, check_in.c.mode, check_in.c.id)
        check_ins = self._read(_check_ins().where(columns.in_(wanted)))
        return {stored.key: stored for stored in check_ins}

    def of_enrollments(self, keys: Collection[Key]) -> Mapping[Key, Sequence[CheckIn]]:
        wanted = [(key.clinic_id, str(key.mode), key.id) for key in set(keys)]
        columns = sa.tuple_(check_in.c.clinic_id, check_in.c.mode, check_in.c.enrollment_id)
        query = _check_ins().where(columns.in_(wanted))
        by_enrollment = defaultdict[Key, list[CheckIn]](list)
        for stored in self._read(query.order_by(check_in.c.opened_at, check_in.c.id)):
            by_enrollment[stored.enrollment_key].append(stored)
        return by_enrollment

    def of_reminder(self, clinic_id: int, reminder_id: int) -> Key | None:
        """The reminder's own question, or that of a reminder merged into it."""
        asking = sa.and_(
            outbound.c.clinic_id == clinic_id,
            sa.or_(outbound.c.id == reminder_id, outbound.c.merged_into == reminder_id),
            outbound.c.step_kind == StepKind.CHECK_IN,
        )
        open_check_ins(self._connection, self._plan_versions, asking)
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

    def answer(self, key: Key, answer: RatedAnswer) -> None:
        self._connection.execute(
            sa.update(check_in)
            .where(*_is(key))
            .values(
                level=answer.level,
                answer_sealed=self._vault.seal_text(answer.text, context=contexts.CHECK_IN_ANSWER),
                answered_via=answer.source,
                answered_at=product_now,
            )
        )

    def stop_nudging(self, answered: CheckIn) -> None:
        """Send no nudge, and cancel one that was not sent yet."""
        stopped = sa.update(check_in).where(*_is(answered.key)).values(nudge_at=None)
        self._connection.execute(stopped)
        if answered.nudge_id is None:
            return
        give_up(
            self._connection,
            ReminderStatus.CANCELLED,
            Reason.ANSWERED,
            outbound.c.clinic_id == answered.key.clinic_id,
            outbound.c.id == answered.nudge_id,
            outbound.c.state.in_(UNSENT),
        )

    def _read(self, query: Query) -> list[CheckIn]:
        return [self._check_in(row) for row in self._connection.execute(query)]

    def _check_in(self, row: Row) -> CheckIn:
        answer = row.answer_sealed
        return struct_from(
            CheckIn,
            row,
            key=Key(row.clinic_id, row.mode, row.id),
            answer=answer and self._vault.open_text(answer, context=contexts.CHECK_IN_ANSWER),
        )


def _check_ins() -> Query:
    newest = (
        sa.select(sa.func.max(escalation.c.id))
        .where(is_row(check_in, escalation, "check_in_id"))
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
        .join(outbound, is_row(outbound, check_in, "outbound_id"))
        .join(enrollment, is_row(enrollment, check_in, "enrollment_id"))
    )


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        check_in.c.clinic_id == key.clinic_id,
        check_in.c.mode == key.mode,
        check_in.c.id == key.id,
    )
