"""Reminders: planned, cancelled, and read with everything that became of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import AttemptRecord, ListReminders, ReceiptRecord, Scope
from services.contracts.words import ReminderOrder, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reminder import Decision, StoredReminder
from services.reminders.core.states import UNSENT, origins
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import NOW, decide_each, taken_of
from services.reminders.database.joins import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.precompiled import Fixed, given
from services.reminders.database.tables import (
    decision,
    delivery_attempt,
    enrollment,
    outbound,
    plan_version,
    receipt,
)
from services.reminders.database.unnest import TYPES
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.new_reminder import NewReminder

_COLUMNS = [
    outbound.c[name]
    for name in (
        *("clinic_id", "mode", "id", "enrollment_id", "patient_id", "step_key", "step_kind"),
        *("purpose", "channel", "state", "state_reason", "due_at", "local_due_at", "time_zone"),
        *("useful_until", "attempts", "subject_sealed", "body_sealed", "merged_into"),
    )
]
_GIVEN = tuple(name for name in NewReminder.__struct_fields__ if name != "decided")
_DENIED = frozenset({"NO_CONSENT", "OPTED_OUT", "SUPPRESSED_OPT_OUT"})
_SAME = ("clinic_id", "mode", "patient_id", "enrollment_id")
Place = tuple[int, int]  # (clinic id, outbound id)


class ReminderRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def plan(
        self, scope: Scope, under: Enrollment, reminders: Sequence[NewReminder]
    ) -> Sequence[int]:
        """Add what is not planned yet, in one statement, and answer with the ids added."""
        if not reminders:
            return []
        return _plan()(
            self._connection,
            reminders=msgspec.json.encode(reminders).decode(),
            clinic_id=scope.clinic_id,
            mode=str(scope.mode),
            patient_id=under.patient_id,
            enrollment_id=under.id,
        )

    def denied(self, key: Key) -> dict[tuple[str, Channel], int]:
        """Find steps of an enrollment that were skipped for want of permission.

        By (step key, channel), with the occasion of the newest reminder, which is the one skipped.
        """
        newest = (
            sa.select(
                *(outbound.c.step_key, outbound.c.channel, outbound.c.occasion),
                *(outbound.c.state, outbound.c.state_reason),
            )
            .ext(distinct_on(outbound.c.step_key, outbound.c.channel))
            .where(
                outbound.c.clinic_id == key.clinic_id,
                outbound.c.enrollment_id == key.id,
                outbound.c.kind == OutboundKind.REMINDER,
            )
            .order_by(outbound.c.step_key, outbound.c.channel, outbound.c.id.desc())
        )
        return {
            (row.step_key, row.channel): row.occasion
            for row in self._connection.execute(newest)
            if row.state is ReminderStatus.SKIPPED and row.state_reason in _DENIED
        }

    def cancel_unsent(self, key: Key, code: str) -> Sequence[int]:
        """Cancel what has not begun of an enrollment; what is in flight goes on."""
        leaving = set(origins(ReminderStatus.CANCELLED)) & {*UNSENT, ReminderStatus.MERGED}
        ids = self._connection.execute(
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == key.clinic_id,
                outbound.c.mode == key.mode,
                outbound.c.enrollment_id == key.id,
                outbound.c.state.in_(leaving),
            )
            .values(
                state=ReminderStatus.CANCELLED,
                state_reason=code,
                state_at=product_now,
                owner=None,
                lease_until=None,
            )
            .returning(outbound.c.id)
        ).scalars()
        cancelled = list(ids)
        decide_each(self._connection, key.clinic_id, [(number, code, None) for number in cancelled])
        return cancelled

    def pages(self, asks: Sequence[ListReminders]) -> list[list[StoredReminder]]:
        """One more than asked for where there are further ones; all asks in one statement."""
        parts = [_page(number, ask) for number, ask in enumerate(asks)]
        found: list[list[StoredReminder]] = [[] for _ in asks]
        for row in self._connection.execute(_together(parts)):
            found[row.ask].append(self._stored(row))
        for ask, page in zip(asks, found, strict=True):
            page.sort(key=lambda one: (one.due_at, one.id), reverse=not _is_rising(ask))
        return found

    def get(self, keys: Collection[Key]) -> Mapping[Key, StoredReminder]:
        wanted = [(key.clinic_id, key.mode.value, key.id) for key in set(keys)]
        columns = sa.tuple_(outbound.c.clinic_id, outbound.c.mode, outbound.c.id)
        stored = self._connection.execute(_reminders().where(columns.in_(wanted)))
        return {Key(row.clinic_id, row.mode, row.id): self._stored(row) for row in stored}

    def carried(self, places: Collection[Place]) -> Mapping[Place, Sequence[StoredReminder]]:
        """Find what is merged into a reminder, by its (clinic id, reminder id)."""
        found: defaultdict[Place, list[StoredReminder]] = defaultdict(list)
        if not places:
            return found
        statement = _reminders().where(
            sa.tuple_(outbound.c.clinic_id, outbound.c.merged_into).in_(places),
            outbound.c.state == ReminderStatus.MERGED,
        )
        for row in self._connection.execute(statement.order_by(outbound.c.id)):
            found[row.clinic_id, row.merged_into].append(self._stored(row))
        return found

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
        found: defaultdict[Place, list[AttemptRecord]] = defaultdict(list)
        for row in stored:
            found[row.clinic_id, row.outbound_id].append(
                AttemptRecord(
                    number=row.number,
                    provider=row.provider,
                    started_at=row.started_at,
                    outcome=row.outcome,
                    code=row.code,
                    provider_reference=row.provider_reference,
                    receipts=tuple(receipts[row.clinic_id, row.id]),
                )
            )
        return found

    def decisions(self, places: Collection[Place]) -> Mapping[Place, list[Decision]]:
        stored = self._connection.execute(
            sa.select(decision)
            .where(sa.tuple_(decision.c.clinic_id, decision.c.outbound_id).in_(places))
            .order_by(decision.c.id)
        )
        found: defaultdict[Place, list[Decision]] = defaultdict(list)
        for row in stored:
            found[row.clinic_id, row.outbound_id].extend(taken_of(row))
        return found

    def _receipts(self, attempts: Collection[Place]) -> Mapping[Place, list[ReceiptRecord]]:
        stored = self._connection.execute(
            sa.select(receipt)
            .where(sa.tuple_(receipt.c.clinic_id, receipt.c.attempt_id).in_(attempts))
            .order_by(receipt.c.received_at, receipt.c.id)
        )
        found: defaultdict[Place, list[ReceiptRecord]] = defaultdict(list)
        for row in stored:
            found[row.clinic_id, row.attempt_id].append(
                ReceiptRecord(at=row.received_at, state=row.provider_state, code=row.code or None)
            )
        return found

    def _stored(self, row: sa.Row[*tuple[Any, ...]]) -> StoredReminder:
        return StoredReminder(
            clinic_id=row.clinic_id,
            mode=row.mode,
            id=row.id,
            enrollment_id=row.enrollment_id,
            patient_id=row.patient_id,
            plan_version_id=row.plan_version_id,
            step_key=row.step_key,
            kind=row.step_kind,
            purpose=row.purpose,
            channel=row.channel,
            status=row.state,
            status_reason=row.state_reason,
            due_at=row.due_at,
            local_due_at=row.local_due_at,
            time_zone=row.time_zone,
            useful_until=row.useful_until,
            attempts=row.attempts,
            subject=self._open(row.subject_sealed, contexts.SUBJECT),
            text=self._open(row.body_sealed, contexts.BODY),
            merged_into=row.merged_into,
            procedure_at=row.procedure_at,
            procedure_ended_at=row.procedure_ended_at,
        )

    def _open(self, sealed: bytes | None, context: str) -> str | None:
        return None if sealed is None else self._vault.open_text(sealed, context=context)


@cache
def _plan() -> Fixed[int]:
    """Rows and decisions in one statement; reminders go as JSON, which nobody has to take apart."""
    new = _given_reminders()
    same: dict[str, sa.ColumnElement[Any]] = {
        **{name: given(name, TYPES.get(name, sa.BigInteger())) for name in _SAME},
        "kind": sa.literal(str(OutboundKind.REMINDER), sa.Text()),
        "state_at": NOW,
        "created_at": NOW,
    }
    added = (
        insert(outbound)
        .from_select([*_GIVEN, *same], sa.select(*(new.c[name] for name in _GIVEN), *same.values()))
        .on_conflict_do_nothing()
        .returning(outbound.c.id, outbound.c.step_key, outbound.c.channel)
        .cte("added")
    )
    is_same = (new.c.step_key == added.c.step_key) & (new.c.channel == added.c.channel)
    first, further = (
        new.c.decided[0],
        sa.func.nullif(new.c.decided.op("-")(sa.text("0")), sa.text("'[]'::jsonb")),
    )
    why = {
        "clinic_id": same["clinic_id"],
        "outbound_id": added.c.id,
        "at": NOW,
        "code": first[0].astext,
        "detail": first[1].astext,
        "further": further,
    }
    taken = sa.select(*why.values()).join_from(added, new, is_same)
    decided = sa.insert(decision).from_select([*why], taken).cte("decided")
    return Fixed(sa.select(added.c.id).add_cte(decided), int)


def _given_reminders() -> sa.CTE:
    columns = [
        sa.column(name, JSONB() if name == "decided" else TYPES.get(name, sa.BigInteger()))
        for name in NewReminder.__struct_fields__
    ]
    rows = sa.func.json_to_recordset(given("reminders", sa.JSON)).table_valued(*columns, name="row")
    return sa.select(*rows.render_derived(with_types=True).c).cte("new")


def _reminders() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *_COLUMNS,
            sa.func.coalesce(outbound.c.plan_version_id, enrollment.c.plan_version_id).label(
                "plan_version_id"
            ),
            enrollment.c.procedure_at,
            enrollment.c.procedure_ended_at,
        )
        .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
        .where(outbound.c.kind == OutboundKind.REMINDER)
    )


def _together(
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
    return sa.exists().where(
        IS_ITS_PLAN,
        plan_version.c.slug == slug,
    )
