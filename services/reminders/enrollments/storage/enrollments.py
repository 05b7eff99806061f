"""Enrollments: added, found, locked and changed, with what was done to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from services.chassis.clock import product_now
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, ProcedureState
from services.reminders.core.enrollment import RUNNING, EventKind
from services.reminders.core.key import Key, Referred
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.columns import INSTANT
from services.reminders.database.precompiled import (
    Precompiled,
    columns_of,
    parameter,
    struct_row,
    table_of,
)
from services.reminders.database.reference_claims import claim_reference, referred
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment, enrollment_event
from services.reminders.enrollments.domain.enrollment import (
    Enrollment,
    EnrollmentChange,
    NewEnrollment,
)

_TAKES_PLACE = (ProcedureState.PLANNED, ProcedureState.PERFORMED)
_COLUMNS = tuple(enrollment.c[name] for name in Enrollment.__struct_fields__)


class EnrollmentRepository(Repository):
    def add(self, scope: Scope, new: NewEnrollment) -> Enrollment:
        values = msgspec.structs.asdict(new) | {"procedure_state": str(new.procedure_state)}
        same = {"clinic_id": scope.clinic_id, "mode": str(scope.mode)}
        return _adding()(self._connection, **values, **same)[0]

    def get(self, keys: Collection[Key]) -> Mapping[Key, Enrollment]:
        wanted = {(key.clinic_id, str(key.mode), key.id) for key in keys}
        rows = _getting()(self._connection, **columns_of("want", wanted, "clinic_id", "mode", "id"))
        return {Key(row.clinic_id, row.mode, row.id): row for row in rows}

    def lock(self, key: Key) -> Enrollment | None:
        row = self._connection.execute(
            sa.select(enrollment).where(*_is(key)).with_for_update(key_share=True)
        ).first()
        return struct_from(Enrollment, row) if row else None

    def lock_visit(self, member: Enrollment) -> list[Enrollment]:
        """Lock an enrollment and the others of its visit, in order of ids."""
        same = (enrollment.c.clinic_id == member.clinic_id, enrollment.c.mode == member.mode)
        if member.visit_reference is None:
            which = enrollment.c.id == member.id
        else:
            which = sa.and_(
                enrollment.c.patient_id == member.patient_id,
                enrollment.c.visit_reference == member.visit_reference,
            )
        locked = (
            sa.select(enrollment)
            .where(*same, which)
            .order_by(enrollment.c.id)
            .with_for_update(key_share=True)
        )
        return [struct_from(Enrollment, row) for row in self._connection.execute(locked)]

    def active(self, key: Key) -> Sequence[Enrollment]:
        """Find the active enrollments of a patient."""
        whose = {"clinic_id": key.clinic_id, "mode": str(key.mode), "patient_id": key.id}
        return _active()(self._connection, **whose)

    def near(self, key: Key, at: datetime, interval: timedelta) -> Sequence[Enrollment]:
        """Find a patient's enrollments for procedures less than an interval from a time.

        Cancelled enrollments, and those whose procedure did not take place, are left out.
        """
        return _near()(
            self._connection,
            clinic_id=key.clinic_id,
            mode=str(key.mode),
            patient_id=key.id,
            since=at - interval,
            until=at + interval,
        )

    def latest(self, key: Key) -> Enrollment | None:
        """Find the enrollment of a patient with the latest procedure, in any state."""
        row = self._connection.execute(
            sa.select(enrollment)
            .where(
                enrollment.c.clinic_id == key.clinic_id,
                enrollment.c.mode == key.mode,
                enrollment.c.patient_id == key.id,
            )
            .order_by(enrollment.c.procedure_at.desc(), enrollment.c.id.desc())
            .limit(1)
        ).first()
        return struct_from(Enrollment, row) if row else None

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find the enrollment with a reference; others who claim it wait for the transaction."""
        return claim_reference(self._connection, enrollment, scope, reference)

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        return referred(self._connection, enrollment, references)

    def change(self, key: Key, change: EnrollmentChange) -> None:
        fields = msgspec.structs.asdict(change)
        asks_again = fields.pop("asks_again")
        values = {name: value for name, value in fields.items() if value is not None}
        if asks_again:
            values["confirmation_asked_at"] = None
        if change.status is EnrollmentStatus.ACTIVE:
            values["ended_at"] = None
        elif change.status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.COMPLETED):
            values["ended_at"] = product_now
        if values:
            self._connection.execute(sa.update(enrollment).where(*_is(key)).values(**values))

    def cancel(self, key: Key, reason: str | None) -> None:
        sealed = reason and self._vault.seal_text(reason, context=contexts.END_REASON)
        self._connection.execute(
            sa.update(enrollment)
            .where(*_is(key))
            .values(
                status=EnrollmentStatus.CANCELLED,
                ended_at=product_now,
                end_reason_sealed=sealed,
            )
        )

    def add_event(self, key: Key, kind: EventKind, actor: str, content: bytes) -> int:
        return self._connection.execute(
            sa.insert(enrollment_event)
            .values(
                clinic_id=key.clinic_id,
                enrollment_id=key.id,
                at=product_now,
                kind=kind,
                actor=actor,
                content=content,
            )
            .returning(enrollment_event.c.id)
        ).scalar_one()

    def event(self, clinic_id: int, event_id: int) -> tuple[int, bytes]:
        """Return the id of the event's enrollment, and the event's content."""
        row = self._connection.execute(
            sa.select(enrollment_event.c.enrollment_id, enrollment_event.c.content).where(
                enrollment_event.c.clinic_id == clinic_id, enrollment_event.c.id == event_id
            )
        ).one()
        return row.enrollment_id, row.content


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        enrollment.c.clinic_id == key.clinic_id,
        enrollment.c.mode == key.mode,
        enrollment.c.id == key.id,
    )


def _reading(
    statement: sa.Select[*tuple[Any, ...]] | ReturningInsert[*tuple[Any, ...]],
) -> Precompiled[Enrollment]:
    return Precompiled(statement, struct_row(statement, Enrollment))


@cache
def _adding() -> Precompiled[Enrollment]:
    columns = ("clinic_id", "mode", *NewEnrollment.__struct_fields__)
    values = {name: parameter(name, enrollment.c[name].type) for name in columns}
    return _reading(
        sa.insert(enrollment)
        .values(**values, status=sa.literal_column("'ACTIVE'"), created_at=product_now)
        .returning(*_COLUMNS)
    )


@cache
def _getting() -> Precompiled[Enrollment]:
    want = table_of("want", "clinic_id", "mode", "id")
    return _reading(
        sa.select(*_COLUMNS).where(
            enrollment.c.clinic_id == want.c.clinic_id,
            enrollment.c.id == want.c.id,
            enrollment.c.mode == want.c.mode,
        )
    )


@cache
def _near() -> Precompiled[Enrollment]:
    return _reading(
        sa.select(*_COLUMNS)
        .where(
            enrollment.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            enrollment.c.patient_id == parameter("patient_id", sa.BigInteger),
            enrollment.c.mode == parameter("mode", sa.Text),
            enrollment.c.status != EnrollmentStatus.CANCELLED,
            enrollment.c.procedure_state.in_(_TAKES_PLACE),
            enrollment.c.procedure_at > parameter("since", INSTANT),
            enrollment.c.procedure_at < parameter("until", INSTANT),
        )
        .order_by(enrollment.c.id)
    )


@cache
def _active() -> Precompiled[Enrollment]:
    return _reading(
        sa.select(*_COLUMNS)
        .where(
            enrollment.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            enrollment.c.patient_id == parameter("patient_id", sa.BigInteger),
            enrollment.c.mode == parameter("mode", sa.Text),
            enrollment.c.status.in_(RUNNING),
        )
        .order_by(enrollment.c.id)
    )
