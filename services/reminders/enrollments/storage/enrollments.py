"""Enrollments, and the staff tasks they open."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import ListEnrollments, Scope
from services.contracts.words import EnrollmentStatus, TaskKind
from services.reminders.core.key import Key, Referred
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import Fixed, given, named
from services.reminders.database.reference_claims import claim
from services.reminders.database.tables import enrollment, staff_task
from services.reminders.database.unnest import columns_of, table_of
from services.reminders.enrollments.domain.enrollment import Enrollment, NewEnrollment
from services.reminders.enrollments.domain.step_task import NewTask


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
        return {Key(one.clinic_id, one.mode, one.id): one for one in rows}

    def lock(self, key: Key) -> Enrollment | None:
        row = self._connection.execute(
            sa.select(enrollment).where(*_is(key)).with_for_update(key_share=True)
        ).first()
        return read_enrollment(row) if row else None

    def active(self, key: Key) -> Sequence[Enrollment]:
        """Find the active enrollments of a patient."""
        whose = {"clinic_id": key.clinic_id, "mode": str(key.mode), "patient_id": key.id}
        return _active()(self._connection, **whose)

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find who has a reference; whoever else claims it waits for the transaction to end."""
        claim(self._connection, "enrollment", scope, reference)
        return next(iter(self.referred([(scope, reference)]).values()), None)

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        wanted = [(scope.clinic_id, scope.mode.value, text) for scope, text in references]
        columns = (enrollment.c.clinic_id, enrollment.c.mode, enrollment.c.reference)
        rows = self._connection.execute(
            sa.select(*columns, enrollment.c.id).where(sa.tuple_(*columns).in_(wanted))
        )
        return {(row.clinic_id, row.mode, row.reference): row.id for row in rows}

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

    def pages(self, asks: Sequence[ListEnrollments]) -> list[list[Enrollment]]:
        """One more than asked for where there are further ones; all asks in one statement."""
        parts = [_page(number, ask) for number, ask in enumerate(asks)]
        found: list[list[Enrollment]] = [[] for _ in asks]
        for row in self._connection.execute(sa.union_all(*parts)):
            found[row.ask].append(read_enrollment(row))
        for page in found:
            page.sort(key=lambda one: (one.procedure_at, one.id), reverse=True)
        return found


class StepTaskRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open(
        self, scope: Scope, patient_id: int, enrollment_id: int, tasks: Sequence[NewTask]
    ) -> None:
        rows = [
            {
                "clinic_id": scope.clinic_id,
                "patient_id": patient_id,
                "enrollment_id": enrollment_id,
                "kind": task.kind,
                "title": task.title,
                "step_key": task.step_key,
                "due_at": task.due_at,
            }
            for task in tasks
        ]
        if rows:
            self._connection.execute(sa.insert(staff_task).values(opened_at=product_now), rows)

    def close_of(self, key: Key, by: str) -> None:
        """Close the open steps of an enrollment that nobody needs to see to any more."""
        self._connection.execute(
            sa.update(staff_task)
            .where(
                staff_task.c.clinic_id == key.clinic_id,
                staff_task.c.enrollment_id == key.id,
                staff_task.c.kind.in_((TaskKind.CLINICIAN_STEP, TaskKind.PROCEDURE_UNCONFIRMED)),
                staff_task.c.done_at.is_(None),
            )
            .values(done_at=product_now, done_by=by)
        )


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        enrollment.c.clinic_id == key.clinic_id,
        enrollment.c.mode == key.mode,
        enrollment.c.id == key.id,
    )


def _page(number: int, ask: ListEnrollments) -> sa.Select[*tuple[Any, ...]]:
    place = sa.tuple_(enrollment.c.procedure_at, enrollment.c.id)
    order = (enrollment.c.procedure_at.desc(), enrollment.c.id.desc())
    query = sa.select(enrollment, sa.literal(number).label("ask")).where(
        enrollment.c.clinic_id == ask.scope.clinic_id,
        enrollment.c.mode == ask.scope.mode,
        enrollment.c.patient_id == ask.patient_id,
    )
    if ask.status is not None:
        query = query.where(enrollment.c.status.in_(ask.status))
    if ask.after is not None:
        query = query.where(place < ask.after)
    page = query.order_by(*order).limit(ask.first + 1).subquery()
    return sa.select(page)


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
) -> Fixed[Enrollment]:
    row = named(statement)
    return Fixed(statement, lambda *values: read_enrollment(row(*values)))


@cache
def _adding() -> Fixed[Enrollment]:
    columns = ("clinic_id", "mode", *NewEnrollment.__struct_fields__)
    values = {name: given(name, enrollment.c[name].type) for name in columns}
    return _reading(
        sa.insert(enrollment)
        .values(**values, status=sa.literal_column("'ACTIVE'"), created_at=product_now)
        .returning(*enrollment.c)
    )


@cache
def _getting() -> Fixed[Enrollment]:
    want = table_of("want", "clinic_id", "mode", "id")
    return _reading(
        sa.select(enrollment).where(
            enrollment.c.clinic_id == want.c.clinic_id,
            enrollment.c.id == want.c.id,
            enrollment.c.mode == want.c.mode,
        )
    )


@cache
def _active() -> Fixed[Enrollment]:
    return _reading(
        sa.select(enrollment)
        .where(
            enrollment.c.clinic_id == given("clinic_id", sa.BigInteger),
            enrollment.c.patient_id == given("patient_id", sa.BigInteger),
            enrollment.c.mode == given("mode", sa.Text),
            enrollment.c.status.in_([EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED]),
        )
        .order_by(enrollment.c.id)
    )
