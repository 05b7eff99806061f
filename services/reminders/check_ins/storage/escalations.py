"""Escalations: opened once, alerted about until acknowledged, resolved with an outcome."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import structs
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.check_ins import AlertRecord, EscalationRecord, ListEscalations
from services.contracts.words import CheckInLevel, EscalationOutcome, ReminderStatus
from services.reminders.check_ins.domain.escalation import NewEscalation
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import give_up
from services.reminders.database.fragments import is_row
from services.reminders.database.repository import Repository
from services.reminders.database.tables import alert, alert_contact, escalation, outbound

Row = sa.Row[*tuple[Any, ...]]
EscalationKey = tuple[int, int]  # (clinic id, escalation id)

_RANK = sa.case((escalation.c.level == CheckInLevel.RED, 0), else_=1)


class EscalationRepository(Repository):
    def open(self, new: NewEscalation) -> int | None:
        """Open it with alerts due now. Returns None if the enrollment has an open one."""
        values = structs.asdict(new)
        reason = self._vault.seal_text(values.pop("reason"), context=contexts.ESCALATION_REASON)
        statement = (
            insert(escalation)
            .values(
                **values,
                reason_sealed=reason,
                opened_at=product_now,
                alert_at=product_now,
            )
            .on_conflict_do_nothing()
            .returning(escalation.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def page(self, ask: ListEscalations) -> tuple[Sequence[EscalationRecord], int]:
        """A page, plus one record if there are more, and the total count."""
        wanted = sa.select(escalation).where(*_filters(ask))
        total = self._connection.execute(
            sa.select(sa.func.count()).select_from(wanted.subquery())
        ).scalar_one()
        order = (_RANK, escalation.c.opened_at, escalation.c.id)
        if ask.after is not None:
            wanted = wanted.where(sa.tuple_(*order) > ask.after)
        rows = self._connection.execute(wanted.order_by(*order).limit(ask.limit + 1)).all()
        return self._records(rows), total

    def get(self, keys: Collection[Key]) -> Mapping[Key, EscalationRecord]:
        wanted = [(key.clinic_id, str(key.mode), key.id) for key in set(keys)]
        columns = sa.tuple_(escalation.c.clinic_id, escalation.c.mode, escalation.c.id)
        rows = self._connection.execute(sa.select(escalation).where(columns.in_(wanted))).all()
        records = zip(rows, self._records(rows), strict=True)
        return {Key(row.clinic_id, row.mode, row.id): record for row, record in records}

    def acknowledge(self, key: Key, by: str) -> bool:
        """Stop its alerts. Returns False if it was acknowledged before."""
        acknowledged = self._connection.execute(
            sa.update(escalation)
            .where(*_is(key), escalation.c.acknowledged_at.is_(None))
            .values(acknowledged_at=product_now, acknowledged_by=by, alert_at=None)
            .returning(escalation.c.id)
        ).first()
        if acknowledged is None:
            return False
        self._cancel_alerts(key)
        return True

    def resolve(self, key: Key, by: str, outcome: EscalationOutcome, note: str | None) -> None:
        self._connection.execute(
            sa.update(escalation)
            .where(*_is(key), escalation.c.resolved_at.is_(None))
            .values(
                resolved_at=product_now,
                resolved_by=by,
                outcome=outcome,
                note_sealed=note and self._vault.seal_text(note, context=contexts.ESCALATION_NOTE),
                alert_at=None,
            )
        )
        self._cancel_alerts(key)

    def _cancel_alerts(self, key: Key) -> None:
        """Cancel alerts that were not sent yet."""
        its_alerts = sa.select(alert.c.outbound_id).where(
            alert.c.clinic_id == key.clinic_id, alert.c.escalation_id == key.id
        )
        give_up(
            self._connection,
            ReminderStatus.CANCELLED,
            Reason.ACKNOWLEDGED,
            outbound.c.clinic_id == key.clinic_id,
            outbound.c.id.in_(its_alerts),
            outbound.c.state.in_(UNSENT),
        )

    def _records(self, rows: Sequence[Row]) -> list[EscalationRecord]:
        alerts = self._alerts([(row.clinic_id, row.id) for row in rows])
        return [self._record(row, alerts[row.clinic_id, row.id]) for row in rows]

    def _alerts(self, keys: Collection[EscalationKey]) -> Mapping[EscalationKey, list[AlertRecord]]:
        alerts = defaultdict[EscalationKey, list[AlertRecord]](list)
        if not keys:
            return alerts
        query = (
            sa.select(
                alert.c.clinic_id,
                alert.c.escalation_id,
                alert.c.sent_at,
                alert_contact.c.tier,
                alert_contact.c.channel,
                outbound.c.state,
            )
            .join(alert_contact, is_row(alert_contact, alert, "alert_contact_id"))
            .join(outbound, is_row(outbound, alert, "outbound_id"))
            .where(sa.tuple_(alert.c.clinic_id, alert.c.escalation_id).in_(keys))
            .order_by(alert.c.sent_at, alert.c.id)
        )
        for row in self._connection.execute(query):
            alerts[row.clinic_id, row.escalation_id].append(struct_from(AlertRecord, row))
        return alerts

    def _record(self, row: Row, alerts: Sequence[AlertRecord]) -> EscalationRecord:
        note = row.note_sealed
        return struct_from(
            EscalationRecord,
            row,
            reason=reason_of(row, self._vault),
            alerts=tuple(alerts),
            note=note and self._vault.open_text(note, context=contexts.ESCALATION_NOTE),
        )


def reason_of(row: Row, vault: Vault) -> str:
    """Unseal the reason of an escalation. Returns an empty text once it is purged."""
    sealed = row.reason_sealed
    return vault.open_text(sealed, context=contexts.ESCALATION_REASON) if sealed else ""


def _filters(ask: ListEscalations) -> list[sa.ColumnElement[bool]]:
    filters = [
        escalation.c.clinic_id == ask.scope.clinic_id,
        escalation.c.mode == ask.scope.mode,
    ]
    if ask.is_open is not None:
        is_open = escalation.c.resolved_at.is_(None)
        filters.append(is_open if ask.is_open else ~is_open)
    if ask.level is not None:
        filters.append(escalation.c.level.in_(ask.level))
    if ask.patient_id is not None:
        filters.append(escalation.c.patient_id == ask.patient_id)
    return filters


def _is(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        escalation.c.clinic_id == key.clinic_id,
        escalation.c.mode == key.mode,
        escalation.c.id == key.id,
    )
