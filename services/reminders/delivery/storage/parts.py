"""The parts of texts that went out as several messages."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import RECEIPTS
from services.reminders.database.decisions import move
from services.reminders.database.fragments import is_row
from services.reminders.database.precompiled import fields_of, rows
from services.reminders.database.tables import delivery_attempt, outbound, receipt
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.domain.dispatch import SentParts
from services.reminders.delivery.domain.receipts import state_of_parts
from services.reminders.delivery.storage.fallbacks import fall_back

Key = tuple[int, int]  # (clinic id, outbound id)


def read_sent_parts(connection: sa.Connection, claims: Sequence[Claim]) -> Mapping[Key, SentParts]:
    """Read how much of a text is accepted, for messages of which the rest is to be sent."""
    tried = [claim for claim in claims if claim.attempts]
    if not tried:
        return {}
    wanted = rows("tried", **fields_of(tried, "clinic_id", "id"))
    names = ("clinic_id", "outbound_id", "part", "text_until", "sender_id", "ended_at")
    accepted = connection.execute(
        sa.select(*(delivery_attempt.c[name] for name in names))
        .where(
            is_row(wanted, delivery_attempt, "outbound_id"),
            delivery_attempt.c.outcome == AttemptOutcome.ACCEPTED,
            delivery_attempt.c.text_until.is_not(None),
        )
        .order_by(delivery_attempt.c.part)
    )
    return {
        (row.clinic_id, row.outbound_id): SentParts(
            count=row.part, until=row.text_until, sender_id=row.sender_id, accepted_at=row.ended_at
        )
        for row in accepted
    }


def part_states(connection: sa.Connection, key: Key) -> dict[int, ReminderStatus]:
    """What the receipts of each accepted attempt of a message say, by the attempt's id."""
    clinic_id, outbound_id = key
    reported = connection.execute(
        sa.select(delivery_attempt.c.id, receipt.c.state)
        .outerjoin(
            receipt,
            is_row(delivery_attempt, receipt, "attempt_id")
            & receipt.c.state.in_((ReceiptState.DELIVERED, ReceiptState.UNDELIVERED)),
        )
        .where(
            delivery_attempt.c.clinic_id == clinic_id,
            delivery_attempt.c.outbound_id == outbound_id,
            delivery_attempt.c.outcome == AttemptOutcome.ACCEPTED,
        )
        .order_by(receipt.c.id.desc())  # the first that came counts
    )
    return {
        row.id: ReminderStatus(row.state) if row.state else ReminderStatus.ACCEPTED
        for row in reported
    }


def settle_parts(connection: sa.Connection, ended: Ending) -> None:
    """Move a message whose last part was just accepted by the receipts that came before."""
    state = state_of_parts(part_states(connection, ended.key).values())
    if state is ReminderStatus.ACCEPTED:
        return
    its_row = outbound.c.clinic_id == ended.clinic_id, outbound.c.id == ended.outbound_id
    moved = move(
        connection,
        RECEIPTS[state],
        *its_row,
        outbound.c.state == ReminderStatus.ACCEPTED,
        state=state,
    )
    if moved and state is ReminderStatus.UNDELIVERED:
        fall_back(connection, ended.key, ended.channel)
