"""Where each kind of data lies, and how its old rows go: few at a time, by an index there is."""

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
from services.reminders.database.transactions import transaction
from services.reminders.database.unnest import among
from services.reminders.privacy.domain.retention import DEFAULT_DAYS, Kept
from services.reminders.privacy.storage.erasing import PatientFile

BATCH: Final = 500
_COUNTED_AT_MOST: Final = 100_000
_STILL_AT_WORK: Final = (
    ReminderStatus.SCHEDULED,
    ReminderStatus.QUEUED,
    ReminderStatus.SENDING,
    ReminderStatus.MERGED,
)


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a table that grow old by their column `at`; without columns to empty they go whole.

    `is_marked`: how far the purge came is kept, where no index leaves out what was emptied.
    """

    kind: Kept
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


_PLACES: Final = (
    _Place(
        kind=Kept.BODIES,
        table=outbound,
        at="due_at",
        empties=("subject_sealed", "body_sealed"),
        only=outbound.c.state.not_in(_STILL_AT_WORK),
        is_marked=True,
    ),
    _Place(
        kind=Kept.REPLIES,
        table=inbound_message,
        at="received_at",
        empties=("text_sealed", "their_address_sealed"),
        is_marked=True,
    ),
    _Place(kind=Kept.ANSWERS, table=check_in, at="opened_at", empties=("answer_sealed",)),
    _Place(
        kind=Kept.ANSWERS,
        table=escalation,
        at="resolved_at",
        empties=("reason_sealed", "note_sealed"),
    ),
    _Place(kind=Kept.NOTES, table=staff_task, at="done_at", empties=("note_sealed",)),
    _Place(kind=Kept.ADDRESSES, table=contact_point, at="replaced_at", empties=("address_sealed",)),
    _Place(kind=Kept.DECISIONS, table=decision, at="at"),
    _Place(kind=Kept.ATTEMPTS, table=receipt, at="received_at"),
    _Place(kind=Kept.ATTEMPTS, table=delivery_attempt, at="started_at", is_free=_has_no_receipt),
    _Place(kind=Kept.KEYS, table=idempotency, at="at"),
    _Place(kind=Kept.IMPORTS, table=import_row, at="at"),
    _Place(kind=Kept.AUDIT, table=audit, at="at"),
)


class RetentionRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keeping(self, clinic_id: int, kind: Kept) -> Keeping:
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
                self._overdue(clinic_id, place, own or DEFAULT_DAYS[kind])
                for place in _PLACES
                if place.kind is kind
            ),
        )

    def keep(self, clinic_id: int, kind: Kept, days: int | None) -> None:
        """None: as by default."""
        given = insert(retention).values(clinic_id=clinic_id, kind=kind, days=days)
        self._connection.execute(
            given.on_conflict_do_update(
                index_elements=["clinic_id", "kind"], set_={"days": given.excluded.days}
            )
        )

    def _overdue(self, clinic_id: int, place: _Place, days: int) -> int:
        """How many rows would go, counted up to a limit."""
        old = (
            sa.select(sa.literal(1))
            .where(
                place.table.c.clinic_id == clinic_id,
                place.when < product_now - _days(sa.literal(days)),
                place.which(),
            )
            .limit(_COUNTED_AT_MOST)
            .subquery()
        )
        counted = sa.select(sa.func.count()).select_from(old)
        return int(self._connection.execute(counted).scalar_one())


class Purge:
    """One round; of several dispatchers, one at a time."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def __call__(self) -> int:
        """Answers with how many rows went; raises StorageAway."""
        gone = sum(self._purge(place) for place in _PLACES)
        self._forget_again()
        return gone

    def _purge(self, place: _Place) -> int:
        with transaction(self._engine) as connection:
            if not connection.execute(sa.select(_MINE)).scalar_one():
                return 0
            connection.execute(_ALLOWED)
            old = connection.execute(_old(place)).all()
            if old:
                connection.execute(_going(place, [(row.clinic_id, row.id) for row in old]))
            if place.is_marked:
                _mark(connection, place, old)
        return len(old)

    def _forget_again(self) -> None:
        """What came while a patient was being erased, and was stored after."""
        just_erased = sa.select(patient.c.clinic_id, patient.c.mode, patient.c.id).where(
            patient.c.erased_at > product_now - sa.text("interval '1 hour'")
        )
        with transaction(self._engine) as connection:
            for row in connection.execute(just_erased).all():
                file = PatientFile(connection, self._vault)
                file.forget(Key(row.clinic_id, row.mode, row.id))


_MINE: Final = sa.func.pg_try_advisory_xact_lock(
    sa.func.hashtextextended("reminders.retention", sa.literal(0))
)
_ALLOWED: Final = sa.text("set local reminders.retention = 'on'")  # to delete from the audit


def _days(days: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    return sa.func.make_interval(0, 0, 0, days)


def _keeping(kind: Kept) -> sa.Subquery:
    """For each clinic: what is older goes, and up to when it went. Clinic 0 is nobody's."""
    own = sa.and_(retention.c.clinic_id == clinic.c.id, retention.c.kind == kind)
    default = sa.literal(DEFAULT_DAYS[kind])
    everyones = sa.select(
        clinic.c.id.label("clinic_id"),
        (product_now - _days(sa.func.coalesce(retention.c.days, default))).label("cutoff"),
        retention.c.purged_through,
    ).outerjoin(retention, own)
    nobodys = sa.select(
        sa.literal(0, sa.BigInteger()),
        product_now - _days(default),
        sa.cast(None, sa.DateTime(timezone=True)),
    )
    return sa.union_all(everyones, nobodys).subquery("keeping")


def _old(place: _Place) -> sa.Select[*tuple[Any, ...]]:
    keeping, table = _keeping(place.kind), place.table
    if place.empties:
        is_old = [place.when < keeping.c.cutoff, place.which()]
        if place.is_marked:
            is_old.append(
                place.when >= sa.func.coalesce(keeping.c.purged_through, sa.text("'-infinity'"))
            )
        order: Sequence[Any] = (place.when, table.c.id)
        has_old: sa.ColumnElement[bool] = sa.true()
    else:  # ids grow with time: the oldest are the first, and nothing else is looked at
        is_old, order = [], (table.c.id,)
        has_old = _oldest(place, keeping) < keeping.c.cutoff
    some = (
        sa.select(table.c.id, place.when.label("at"))
        .where(table.c.clinic_id == keeping.c.clinic_id, *is_old)
        .order_by(*order)
        .limit(BATCH)
        .lateral("some")
    )
    return (
        sa.select(keeping.c.clinic_id, some.c.id, some.c.at)
        .select_from(keeping.join(some, sa.true()))
        .where(
            has_old,
            some.c.at < keeping.c.cutoff,
            place.is_free(keeping.c.clinic_id, some.c.id),
        )
        .limit(BATCH)
    )


def _oldest(place: _Place, keeping: sa.Subquery) -> sa.ScalarSelect[datetime]:
    """One row of each clinic tells that there is nothing to do."""
    return (
        sa.select(place.when)
        .where(place.table.c.clinic_id == keeping.c.clinic_id)
        .order_by(place.table.c.id)
        .limit(1)
        .scalar_subquery()
    )


def _going(place: _Place, keys: Sequence[tuple[int, int]]) -> sa.Update | sa.Delete:
    is_it = among((place.table.c.clinic_id, place.table.c.id), keys)
    if not place.empties:
        return sa.delete(place.table).where(is_it)
    return sa.update(place.table).where(is_it).values(dict.fromkeys(place.empties))


def _mark(connection: sa.Connection, place: _Place, old: Sequence[Any]) -> None:
    """Remember how far a clinic's rows are purged: all that is old, or the last that went."""
    reached: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in old:
        reached[row.clinic_id].append(row.at)
    keeping = _keeping(place.kind)
    wanted = sa.select(keeping.c.clinic_id, sa.literal(str(place.kind)), keeping.c.cutoff)
    is_all = len(old) < BATCH
    given = (
        insert(retention).from_select(
            ["clinic_id", "kind", "purged_through"], wanted.where(keeping.c.clinic_id > 0)
        )
        if is_all
        else insert(retention).values(
            [
                {"clinic_id": clinic_id, "kind": place.kind, "purged_through": max(times)}
                for clinic_id, times in reached.items()
                if clinic_id > 0
            ]
        )
    )
    if is_all or any(clinic_id > 0 for clinic_id in reached):
        connection.execute(
            given.on_conflict_do_update(
                index_elements=["clinic_id", "kind"],
                set_={"purged_through": given.excluded.purged_through},
            )
        )
