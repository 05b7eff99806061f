"""Reminders as they are shown: with their texts, attempts, receipts and decisions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.contracts.enrollments import ReportDeliveries, ReportRow
from services.contracts.reminders import AttemptRecord, ListReminders, ReceiptRecord
from services.contracts.words import ReminderOrder, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.day_counts import count_by_day
from services.reminders.database.decisions import Decision, decisions_of
from services.reminders.database.fragments import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    decision,
    delivery_attempt,
    enrollment,
    outbound,
    plan_version,
    receipt,
)
from services.reminders.enrollments.domain.reminders import StoredReminder

_NAMES = (
    *("clinic_id", "mode", "id", "enrollment_id", "patient_id", "step_key", "purpose", "channel"),
    *("due_at", "local_due_at", "time_zone", "useful_until", "attempts", "merged_into"),
    *("subject_sealed", "body_sealed"),
)
_COLUMNS = (
    *(outbound.c[name] for name in _NAMES),
    outbound.c.step_kind.label("kind"),
    outbound.c.state.label("status"),
    outbound.c.state_reason.label("status_reason"),
    sa.func.coalesce(outbound.c.plan_version_id, enrollment.c.plan_version_id).label(
        "plan_version_id"
    ),
    enrollment.c.procedure_at,
    enrollment.c.procedure_ended_at,
)
Place = tuple[int, int]  # (clinic id, outbound id)


class ReminderRepository(Repository):
    def pages(self, asks: Sequence[ListReminders]) -> list[list[StoredReminder]]:
        """Read a page for each ask, all in one statement.

        A page has one reminder more than asked for if there are further ones.
        """
        parts = [_page(number, ask) for number, ask in enumerate(asks)]
        pages: list[list[StoredReminder]] = [[] for _ in asks]
        for row in self._connection.execute(_union(parts)):
            pages[row.ask].append(self._stored(row))
        for ask, page in zip(asks, pages, strict=True):
            page.sort(key=lambda item: (item.due_at, item.id), reverse=not _is_rising(ask))
        return pages

    def get(self, keys: Collection[Key]) -> Mapping[Key, StoredReminder]:
        wanted = [(key.clinic_id, key.mode.value, key.id) for key in set(keys)]
        columns = sa.tuple_(outbound.c.clinic_id, outbound.c.mode, outbound.c.id)
        stored = self._connection.execute(_reminders().where(columns.in_(wanted)))
        return {Key(row.clinic_id, row.mode, row.id): self._stored(row) for row in stored}

    def merged(self, hosts: Collection[Place]) -> Mapping[Place, Sequence[StoredReminder]]:
        """Find what is merged into each host, by the host's (clinic id, reminder id)."""
        merged: defaultdict[Place, list[StoredReminder]] = defaultdict(list)
        if not hosts:
            return merged
        statement = _reminders().where(
            sa.tuple_(outbound.c.clinic_id, outbound.c.merged_into).in_(hosts),
            outbound.c.state == ReminderStatus.MERGED,
        )
        for row in self._connection.execute(statement.order_by(outbound.c.id)):
            merged[row.clinic_id, row.merged_into].append(self._stored(row))
        return merged

    def attempts(self, places: Collection[Place]) -> Mapping[Place, list[AttemptRecord]]:
        """Find attempts with their receipts by (clinic id, reminder id)."""
        if not places:
            return {}
        stored = self._connection.execute(
            sa.select(delivery_attempt)
            .where(
                sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id).in_(places)
            )
            .order_by(delivery_attempt.c.number)
        ).all()
        receipts = self._receipts({(row.clinic_id, row.id) for row in stored})
        attempts: defaultdict[Place, list[AttemptRecord]] = defaultdict(list)
        for row in stored:
            its_receipts = tuple(receipts[row.clinic_id, row.id])
            attempts[row.clinic_id, row.outbound_id].append(
                struct_from(AttemptRecord, row, receipts=its_receipts)
            )
        return attempts

    def decisions(self, places: Collection[Place]) -> Mapping[Place, list[Decision]]:
        stored = self._connection.execute(
            sa.select(decision)
            .where(sa.tuple_(decision.c.clinic_id, decision.c.outbound_id).in_(places))
            .order_by(decision.c.id)
        )
        decisions: defaultdict[Place, list[Decision]] = defaultdict(list)
        for row in stored:
            decisions[row.clinic_id, row.outbound_id].extend(decisions_of(row))
        return decisions

    def count_by_day(self, ask: ReportDeliveries, zone: ZoneInfo) -> list[ReportRow]:
        """Count what is due, by the day in the zone."""
        return count_by_day(
            self._connection,
            (ask.first, ask.last),
            zone,
            outbound.c.clinic_id == ask.scope.clinic_id,
            outbound.c.mode == ask.scope.mode,
        )

    def _receipts(self, attempts: Collection[Place]) -> Mapping[Place, list[ReceiptRecord]]:
        stored = self._connection.execute(
            sa.select(receipt)
            .where(sa.tuple_(receipt.c.clinic_id, receipt.c.attempt_id).in_(attempts))
            .order_by(receipt.c.received_at, receipt.c.id)
        )
        receipts: defaultdict[Place, list[ReceiptRecord]] = defaultdict(list)
        for row in stored:
            receipts[row.clinic_id, row.attempt_id].append(
                ReceiptRecord(at=row.received_at, state=row.provider_state, code=row.code or None)
            )
        return receipts

    def _stored(self, row: sa.Row[*tuple[Any, ...]]) -> StoredReminder:
        return struct_from(
            StoredReminder,
            row,
            subject=self._open(row.subject_sealed, contexts.SUBJECT),
            text=self._open(row.body_sealed, contexts.BODY),
        )

    def _open(self, sealed: bytes | None, context: str) -> str | None:
        return None if sealed is None else self._vault.open_text(sealed, context=context)


def _reminders() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_COLUMNS)
        .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
        .where(outbound.c.kind == OutboundKind.REMINDER)
    )


def _union(
    parts: Sequence[sa.Select[*tuple[Any, ...]]],
) -> sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]:
    return parts[0] if len(parts) == 1 else sa.union_all(*parts)


def _page(number: int, ask: ListReminders) -> sa.Select[*tuple[Any, ...]]:
    columns = (outbound.c.due_at, outbound.c.id)
    place = sa.tuple_(*columns)
    is_rising = _is_rising(ask)
    order = [column.asc() if is_rising else column.desc() for column in columns]
    query = _reminders().add_columns(sa.literal(number).label("ask")).where(*_wanted(ask))
    if ask.after is not None:
        query = query.where(place > ask.after if is_rising else place < ask.after)
    return query.order_by(*order).limit(ask.limit + 1)


def _is_rising(ask: ListReminders) -> bool:
    return ask.order is ReminderOrder.DUE_ASC


def _wanted(ask: ListReminders) -> list[sa.ColumnElement[bool]]:
    wanted = [outbound.c.clinic_id == ask.scope.clinic_id, outbound.c.mode == ask.scope.mode]
    asked: tuple[tuple[Any, Callable[[Any], sa.ColumnElement[bool]]], ...] = (
        (ask.enrollment_id, outbound.c.enrollment_id.__eq__),
        (ask.patient_id, outbound.c.patient_id.__eq__),
        (ask.status, outbound.c.state.in_),
        (ask.kind, outbound.c.step_kind.in_),
        (ask.channel, outbound.c.channel.__eq__),
        (ask.due_after, outbound.c.due_at.__ge__),
        (ask.due_before, outbound.c.due_at.__lt__),
    )
    wanted.extend(compare(value) for value, compare in asked if value is not None)
    if ask.plan is not None:
        wanted.append(_is_of_plan(ask.plan))
    return wanted


def _is_of_plan(slug: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(IS_ITS_PLAN, plan_version.c.slug == slug)
