"""Stores retention times, and purges old rows: a few at a time, found by an index."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.privacy import Keeping
from services.contracts.words import ReminderStatus
from services.reminders.core.key import Key
from services.reminders.database.precompiled import among
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    audit,
    check_in,
    clinic,
    contact_point,
    decision,
    delivery_attempt,
    escalation,
    idempotency,
    import_row,
    inbound_message,
    outbound,
    patient,
    receipt,
    retention,
    staff_task,
)
from services.reminders.database.unit_of_work import transaction
from services.reminders.privacy.domain.retention import DEFAULT_DAYS, DataKind
from services.reminders.privacy.storage.personal_data import PersonalDataRepository

BATCH: Final = 500
_COUNTED_AT_MOST: Final = 100_000
_UNFINISHED: Final = (
    ReminderStatus.SCHEDULED,
    ReminderStatus.QUEUED,
    ReminderStatus.SENDING,
    ReminderStatus.MERGED,
)


class _PurgeTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a table whose age is measured by their column `at`.

    Their columns `empties` are emptied; without any, the rows are deleted. `is_free` says whether a
    row may go. `is_marked`: how far the purge came is stored, because no index leaves out the rows
    that were emptied.
    """

    kind: DataKind
    table: sa.Table
    at: str
    empties: tuple[str, ...] = ()
    only: sa.ColumnElement[bool] | None = None
    is_free: Callable[[sa.ColumnElement[int], sa.ColumnElement[int]], sa.ColumnElement[bool]] = (
        lambda _clinic_id, _id: sa.true()
    )
    is_marked: bool = False

    @property
    def when(self) -> sa.ColumnElement[datetime]:
        return self.table.c[self.at]

    def which(self) -> sa.ColumnElement[bool]:
        only = sa.true() if self.only is None else self.only
        if not self.empties:
            return only
        return sa.and_(only, sa.or_(*(self.table.c[name].is_not(None) for name in self.empties)))


def _has_no_receipt(
    clinic_id: sa.ColumnElement[int], attempt_id: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(receipt.c.clinic_id == clinic_id, receipt.c.attempt_id == attempt_id)


_TARGETS: Final = (
    _PurgeTarget(
        kind=DataKind.BODIES,
        table=outbound,
        at="due_at",
        empties=("subject_sealed", "body_sealed"),
        only=outbound.c.state.not_in(_UNFINISHED),
        is_marked=True,
    ),
    _PurgeTarget(
        kind=DataKind.REPLIES,
        table=inbound_message,
        at="received_at",
        empties=("text_sealed", "their_address_sealed"),
        is_marked=True,
    ),
    _PurgeTarget(kind=DataKind.ANSWERS, table=check_in, at="opened_at", empties=("answer_sealed",)),
    _PurgeTarget(
        kind=DataKind.ANSWERS,
        table=escalation,
        at="resolved_at",
        empties=("reason_sealed", "note_sealed"),
    ),
    _PurgeTarget(kind=DataKind.NOTES, table=staff_task, at="done_at", empties=("note_sealed",)),
    _PurgeTarget(
        kind=DataKind.ADDRESSES, table=contact_point, at="replaced_at", empties=("address_sealed",)
    ),
    _PurgeTarget(kind=DataKind.DECISIONS, table=decision, at="at"),
    _PurgeTarget(kind=DataKind.ATTEMPTS, table=receipt, at="received_at"),
    _PurgeTarget(
        kind=DataKind.ATTEMPTS, table=delivery_attempt, at="started_at", is_free=_has_no_receipt
    ),
    _PurgeTarget(kind=DataKind.KEYS, table=idempotency, at="at"),
    _PurgeTarget(kind=DataKind.IMPORTS, table=import_row, at="at"),
    _PurgeTarget(kind=DataKind.AUDIT, table=audit, at="at"),
)


class RetentionRepository(Repository):
    def get(self, clinic_id: int, kind: DataKind) -> Keeping:
        own = self._connection.execute(
            sa.select(retention.c.days).where(
                retention.c.clinic_id == clinic_id, retention.c.kind == kind
            )
        ).scalar()
        return Keeping(
            kind=kind,
            days=own or DEFAULT_DAYS[kind],
            is_own=own is not None,
            overdue=sum(
                self._overdue(clinic_id, target, own or DEFAULT_DAYS[kind])
                for target in _TARGETS
                if target.kind is kind
            ),
        )

    def set_days(self, clinic_id: int, kind: DataKind, days: int | None) -> None:
        """`days` is None for the default."""
        new = insert(retention).values(clinic_id=clinic_id, kind=kind, days=days)
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=["clinic_id", "kind"], set_={"days": new.excluded.days}
            )
        )

    def _overdue(self, clinic_id: int, target: _PurgeTarget, days: int) -> int:
        """How many rows the purge would take, counted up to a limit."""
        old = (
            sa.select(sa.literal(1))
            .where(
                target.table.c.clinic_id == clinic_id,
                target.when < product_now - _days(sa.literal(days)),
                target.which(),
            )
            .limit(_COUNTED_AT_MOST)
            .subquery()
        )
        counted = sa.select(sa.func.count()).select_from(old)
        return int(self._connection.execute(counted).scalar_one())


class Purge:
    """One round of purging. Only one dispatcher purges at a time."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def __call__(self) -> int:
        """Returns how many rows were purged. Raises StorageAway."""
        purged = sum(self._purge(target) for target in _TARGETS)
        self._erase_late_arrivals()
        return purged

    def _purge(self, target: _PurgeTarget) -> int:
        with transaction(self._engine) as connection:
            if not connection.execute(sa.select(_TRY_LOCK)).scalar_one():
                return 0
            connection.execute(_ALLOW_AUDIT_DELETE)
            old = connection.execute(_old(target)).all()
            if old:
                connection.execute(_purge_rows(target, [(row.clinic_id, row.id) for row in old]))
            if target.is_marked:
                _mark(connection, target, old)
        return len(old)

    def _erase_late_arrivals(self) -> None:
        """Erase what was stored while a patient was being erased."""
        recently_erased = sa.select(patient.c.clinic_id, patient.c.mode, patient.c.id).where(
            patient.c.erased_at > product_now - sa.text("interval '1 hour'")
        )
        with transaction(self._engine) as connection:
            for row in connection.execute(recently_erased).all():
                personal_data = PersonalDataRepository(connection, self._vault)
                personal_data.erase(Key(row.clinic_id, row.mode, row.id))


_TRY_LOCK: Final = sa.func.pg_try_advisory_xact_lock(
    sa.func.hashtextextended("reminders.retention", sa.literal(0))
)
_ALLOW_AUDIT_DELETE: Final = sa.text(
    "set local reminders.retention = 'on'"
)  # to delete from the audit


def _days(days: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    return sa.func.make_interval(0, 0, 0, days)


def _cutoffs(kind: DataKind) -> sa.Subquery:
    """For each clinic: the cutoff of the purge, and how far it came.

    Clinic 0 holds texts that belong to no clinic.
    """
    own = sa.and_(retention.c.clinic_id == clinic.c.id, retention.c.kind == kind)
    default = sa.literal(DEFAULT_DAYS[kind])
    clinics = sa.select(
        clinic.c.id.label("clinic_id"),
        (product_now - _days(sa.func.coalesce(retention.c.days, default))).label("cutoff"),
        retention.c.purged_through,
    ).outerjoin(retention, own)
    without_clinic = sa.select(
        sa.literal(0, sa.BigInteger()),
        product_now - _days(default),
        sa.cast(None, sa.DateTime(timezone=True)),
    )
    return sa.union_all(clinics, without_clinic).subquery("cutoffs")


def _old(target: _PurgeTarget) -> sa.Select[*tuple[Any, ...]]:
    cutoffs, table = _cutoffs(target.kind), target.table
    if target.empties:
        is_old = [target.when < cutoffs.c.cutoff, target.which()]
        if target.is_marked:
            is_old.append(
                target.when >= sa.func.coalesce(cutoffs.c.purged_through, sa.text("'-infinity'"))
            )
        order: Sequence[Any] = (target.when, table.c.id)
        has_old: sa.ColumnElement[bool] = sa.true()
    else:  # ids grow with time, so the first rows are the oldest
        is_old, order = [], (table.c.id,)
        has_old = _oldest(target, cutoffs) < cutoffs.c.cutoff
    some = (
        sa.select(table.c.id, target.when.label("at"))
        .where(table.c.clinic_id == cutoffs.c.clinic_id, *is_old)
        .order_by(*order)
        .limit(BATCH)
        .lateral("some")
    )
    return (
        sa.select(cutoffs.c.clinic_id, some.c.id, some.c.at)
        .select_from(cutoffs.join(some, sa.true()))
        .where(
            has_old,
            some.c.at < cutoffs.c.cutoff,
            target.is_free(cutoffs.c.clinic_id, some.c.id),
        )
        .limit(BATCH)
    )


def _oldest(target: _PurgeTarget, cutoffs: sa.Subquery) -> sa.ScalarSelect[datetime]:
    """The time of a clinic's oldest row: if it is not old, none is."""
    return (
        sa.select(target.when)
        .where(target.table.c.clinic_id == cutoffs.c.clinic_id)
        .order_by(target.table.c.id)
        .limit(1)
        .scalar_subquery()
    )


def _purge_rows(target: _PurgeTarget, keys: Sequence[tuple[int, int]]) -> sa.Update | sa.Delete:
    is_it = among((target.table.c.clinic_id, target.table.c.id), keys)
    if not target.empties:
        return sa.delete(target.table).where(is_it)
    return sa.update(target.table).where(is_it).values(dict.fromkeys(target.empties))


def _mark(connection: sa.Connection, target: _PurgeTarget, old: Sequence[Any]) -> None:
    """Store how far each clinic is purged: up to the cutoff, or up to the last row."""
    purged_times: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in old:
        purged_times[row.clinic_id].append(row.at)
    cutoffs = _cutoffs(target.kind)
    up_to_cutoff = sa.select(cutoffs.c.clinic_id, sa.literal(str(target.kind)), cutoffs.c.cutoff)
    is_all = len(old) < BATCH
    marks = (
        insert(retention).from_select(
            ["clinic_id", "kind", "purged_through"], up_to_cutoff.where(cutoffs.c.clinic_id > 0)
        )
        if is_all
        else insert(retention).values(
            [
                {"clinic_id": clinic_id, "kind": target.kind, "purged_through": max(times)}
                for clinic_id, times in purged_times.items()
                if clinic_id > 0
            ]
        )
    )
    if is_all or any(clinic_id > 0 for clinic_id in purged_times):
        connection.execute(
            marks.on_conflict_do_update(
                index_elements=["clinic_id", "kind"],
                set_={"purged_through": marks.excluded.purged_through},
            )
        )
