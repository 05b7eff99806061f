"""Tasks and messages from patients, as the clinic's staff read them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import Scope
from services.contracts.replies import InboundRecord, ListInbox, ListTasks, TaskRecord
from services.contracts.words import Mode
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.fragments import is_row
from services.reminders.database.repository import Repository
from services.reminders.database.tables import inbound_message, outbound, patient, staff_task

Row = sa.Row[*tuple[Any, ...]]
Query = sa.Select[*tuple[Any, ...]]

_TASK_MODE = sa.func.coalesce(patient.c.mode, inbound_message.c.mode, str(Mode.LIVE))
_INBOUND_MODE = sa.func.coalesce(patient.c.mode, inbound_message.c.mode)


class StaffTaskRepository(Repository):
    def tasks(self, ask: ListTasks) -> tuple[Sequence[TaskRecord], int]:
        """A page, plus one task if there are more, and the total count."""
        wanted = _tasks().where(*_within(ask.scope, staff_task, _TASK_MODE), *_task_filters(ask))
        total = self._connection.execute(
            sa.select(sa.func.count()).select_from(wanted.subquery())
        ).scalar_one()
        place = sa.tuple_(staff_task.c.opened_at, staff_task.c.id)
        if ask.after is not None:
            wanted = wanted.where(place > ask.after)
        page = wanted.order_by(staff_task.c.opened_at, staff_task.c.id).limit(ask.limit + 1)
        return [self._task(row) for row in self._connection.execute(page)], total

    def tasks_by_id(self, keys: Collection[Key]) -> Mapping[Key, TaskRecord]:
        rows = self._by_id(_tasks(), staff_task, keys)
        return {Key(row.clinic_id, Mode(row.its_mode), row.id): self._task(row) for row in rows}

    def complete(self, key: Key, by: str, note: str | None) -> None:
        """Complete the task if it is open."""
        self._connection.execute(
            sa.update(staff_task)
            .where(
                staff_task.c.clinic_id == key.clinic_id,
                staff_task.c.id == key.id,
                staff_task.c.done_at.is_(None),
            )
            .values(
                done_at=product_now,
                done_by=by,
                note_sealed=note and self._vault.seal_text(note, context=contexts.TASK_NOTE),
            )
        )

    def inbox(self, ask: ListInbox) -> Sequence[InboundRecord]:
        """A page, plus one message if there are more."""
        wanted = _inbound().where(*_within(ask.scope, inbound_message, _INBOUND_MODE))
        if ask.patient_id is not None:
            wanted = wanted.where(inbound_message.c.patient_id == ask.patient_id)
        if ask.is_unmatched is not None:
            is_unmatched = inbound_message.c.patient_id.is_(None)
            wanted = wanted.where(is_unmatched if ask.is_unmatched else ~is_unmatched)
        place = sa.tuple_(inbound_message.c.received_at, inbound_message.c.id)
        if ask.after is not None:
            wanted = wanted.where(place < ask.after)
        newest_first = (inbound_message.c.received_at.desc(), inbound_message.c.id.desc())
        page = wanted.order_by(*newest_first).limit(ask.limit + 1)
        return [self._message(row) for row in self._connection.execute(page)]

    def inbound_by_id(self, keys: Collection[Key]) -> Mapping[Key, InboundRecord]:
        rows = self._by_id(_inbound(), inbound_message, keys)
        return {Key(row.clinic_id, Mode(row.its_mode), row.id): self._message(row) for row in rows}

    def _by_id(self, query: Query, table: sa.Table, keys: Collection[Key]) -> Sequence[Row]:
        wanted = {(key.clinic_id, key.id) for key in keys}
        return self._connection.execute(
            query.where(sa.tuple_(table.c.clinic_id, table.c.id).in_(wanted))
        ).all()

    def _task(self, row: Row) -> TaskRecord:
        note = row.note_sealed
        opened = note and self._vault.open_text(note, context=contexts.TASK_NOTE)
        return struct_from(TaskRecord, row, note=opened)

    def _message(self, row: Row) -> InboundRecord:
        text = row.text_sealed
        opened = text and self._vault.open_text(text, context=contexts.INBOUND_TEXT)
        return struct_from(InboundRecord, row, text=opened, answers_reminder_id=row.reminder_id)


def _within(
    scope: Scope, table: sa.Table, mode: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.clinic_id == scope.clinic_id, mode == str(scope.mode)


def _tasks() -> Query:
    """Tasks refer to messages of any kind, but only reminders have a reminder id."""
    is_reminder = outbound.c.kind == OutboundKind.REMINDER
    return (
        sa.select(
            staff_task,
            _TASK_MODE.label("its_mode"),
            sa.case((is_reminder, outbound.c.id)).label("reminder_id"),
        )
        .outerjoin(patient, is_row(patient, staff_task, "patient_id"))
        .outerjoin(inbound_message, is_row(inbound_message, staff_task, "inbound_id"))
        .outerjoin(outbound, is_row(outbound, staff_task, "outbound_id"))
    )


def _inbound() -> Query:
    is_reminder = outbound.c.kind == OutboundKind.REMINDER
    return (
        sa.select(
            inbound_message,
            _INBOUND_MODE.label("its_mode"),
            sa.case((is_reminder, outbound.c.id)).label("reminder_id"),
        )
        .outerjoin(patient, is_row(patient, inbound_message, "patient_id"))
        .outerjoin(outbound, is_row(outbound, inbound_message, "answers_id"))
    )


def _task_filters(ask: ListTasks) -> list[sa.ColumnElement[bool]]:
    filters: list[sa.ColumnElement[bool]] = []
    if ask.is_open is not None:
        is_open = staff_task.c.done_at.is_(None)
        filters.append(is_open if ask.is_open else ~is_open)
    if ask.kind is not None:
        filters.append(staff_task.c.kind.in_(ask.kind))
    if ask.patient_id is not None:
        filters.append(staff_task.c.patient_id == ask.patient_id)
    return filters
