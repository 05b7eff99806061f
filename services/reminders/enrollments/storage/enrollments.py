"""Enrollments: added, found, locked and changed."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus
from services.reminders.core.key import Key, Referred
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.idempotency import lock_reference
from services.reminders.database.precompiled import (
    Precompiled,
    columns_of,
    named,
    parameter,
    table_of,
)
from services.reminders.database.tables import enrollment
from services.reminders.enrollments.domain.enrollment import (
    Enrollment,
    EnrollmentChange,
    NewEnrollment,
)


class EnrollmentRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

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
        return read_enrollment(row) if row else None

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
        return [read_enrollment(row) for row in self._connection.execute(locked)]

    def active(self, key: Key) -> Sequence[Enrollment]:
        """Find the active enrollments of a patient."""
        whose = {"clinic_id": key.clinic_id, "mode": str(key.mode), "patient_id": key.id}
        return _active()(self._connection, **whose)

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find the enrollment with a reference; others who claim it wait for the transaction."""
        lock_reference(self._connection, "enrollment", scope, reference)
        return next(iter(self.referred([(scope, reference)]).values()), None)

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        wanted = [(scope.clinic_id, scope.mode.value, text) for scope, text in references]
        columns = (enrollment.c.clinic_id, enrollment.c.mode, enrollment.c.reference)
        rows = self._connection.execute(
            sa.select(*columns, enrollment.c.id).where(sa.tuple_(*columns).in_(wanted))
        )
        return {(row.clinic_id, row.mode, row.reference): row.id for row in rows}

    def change(self, key: Key, change: EnrollmentChange) -> None:
        names = (
            *("status", "procedure_at", "procedure_ended_at", "procedure_state"),
            *("performed_by", "plan_version_id", "ends_at"),
        )
        values: dict[str, Any] = {
            name: value for name in names if (value := getattr(change, name)) is not None
        }
        if change.asks_again:
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


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        enrollment.c.clinic_id == key.clinic_id,
        enrollment.c.mode == key.mode,
        enrollment.c.id == key.id,
    )


def read_enrollment(row: Any) -> Enrollment:  # noqa: ANN401 - of any statement with its columns
    return Enrollment(
        id=row.id,
        clinic_id=row.clinic_id,
        mode=row.mode,
        patient_id=row.patient_id,
        plan_version_id=row.plan_version_id,
        status=row.status,
        created_at=row.created_at,
        procedure_at=row.procedure_at,
        procedure_ended_at=row.procedure_ended_at,
        procedure_state=row.procedure_state,
        performed_by=row.performed_by,
        reference=row.reference,
        visit_reference=row.visit_reference,
    )


def _reading(
    statement: sa.Select[*tuple[Any, ...]] | ReturningInsert[*tuple[Any, ...]],
) -> Precompiled[Enrollment]:
    row = named(statement)
    return Precompiled(statement, lambda *values: read_enrollment(row(*values)))


@cache
def _adding() -> Precompiled[Enrollment]:
    columns = ("clinic_id", "mode", *NewEnrollment.__struct_fields__)
    values = {name: parameter(name, enrollment.c[name].type) for name in columns}
    return _reading(
        sa.insert(enrollment)
        .values(**values, status=sa.literal_column("'ACTIVE'"), created_at=product_now)
        .returning(*enrollment.c)
    )


@cache
def _getting() -> Precompiled[Enrollment]:
    want = table_of("want", "clinic_id", "mode", "id")
    return _reading(
        sa.select(enrollment).where(
            enrollment.c.clinic_id == want.c.clinic_id,
            enrollment.c.id == want.c.id,
            enrollment.c.mode == want.c.mode,
        )
    )


@cache
def _active() -> Precompiled[Enrollment]:
    return _reading(
        sa.select(enrollment)
        .where(
            enrollment.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            enrollment.c.patient_id == parameter("patient_id", sa.BigInteger),
            enrollment.c.mode == parameter("mode", sa.Text),
            enrollment.c.status.in_([EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED]),
        )
        .order_by(enrollment.c.id)
    )
