"""What a dispatch context needs of other messages, earlier attempts, suppressions and staff."""

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReminderStatus, SuppressionReason
from services.reminders.core.caps import OfToday
from services.reminders.core.outbound import Claim, OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.fragments import IS_ITS_ENROLLMENT, IS_ITS_PLAN, is_row, stands_for
from services.reminders.database.precompiled import (
    Precompiled,
    among,
    columns_of,
    fields_of,
    rows,
    struct_row,
    table_of,
)
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.database.tables import (
    alert_contact,
    delivery_attempt,
    enrollment,
    outbound,
    plan_version,
    suppression,
)

Key = tuple[int, int]  # (clinic id, outbound id)
PatientChannel = tuple[int, int, Channel]  # (clinic id, patient id, channel)

_BEGUN = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.UNKNOWN,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNDELIVERED,
)
_DAY = timedelta(days=1)
_DUE_BEFORE = timedelta(days=2)
"""Messages due longer ago than this before midnight are not looked for: there is hardly one."""

_NO_REFUSALS: Final[Collection[str]] = (Reason.NEVER_LEFT, "TOO_LATE", "CLOSED_BY_OPERATOR")
"""Codes of rejected attempts that never reached a provider."""


class PlannedStep(msgspec.Struct, frozen=True):
    """A step of a plan, which is encoded as it is stored, and the times of its procedure."""

    step_key: str
    content: bytes
    procedure_at: datetime
    procedure_ended_at: datetime | None


def read_daily_counts(
    connection: sa.Connection,
    claims: Sequence[Claim],
    midnights: Mapping[tuple[int, int], datetime],
) -> Mapping[PatientChannel, list[OfToday]]:
    """Read the reminders begun since a patient's midnight, and those due by the next and not begun.

    `midnights` has the start of the local day by (clinic id, patient id); others are left out.
    """
    wanted = sorted(
        {
            (claim.clinic_id, claim.patient_id, claim.channel)
            for claim in claims
            if claim.patient_id is not None and (claim.clinic_id, claim.patient_id) in midnights
        }
    )
    counts: defaultdict[PatientChannel, list[OfToday]] = defaultdict(list)
    if not wanted:
        return counts
    day = rows(
        "day",
        clinic_id=[clinic_id for clinic_id, _, _ in wanted],
        patient_id=[patient_id for _, patient_id, _ in wanted],
        channel=[str(channel) for _, _, channel in wanted],
        at=[midnights[clinic_id, patient_id] for clinic_id, patient_id, _ in wanted],
    )
    for row in connection.execute(_of_days(day)):
        counts[row.clinic_id, row.patient_id, row.channel].append(
            struct_from(OfToday, row, priority=row.lane, is_begun=row.state in _BEGUN)
        )
    return counts


def _of_days(day: sa.TableValuedAlias) -> sa.Select[*tuple[object, ...]]:
    is_begun_today = sa.and_(outbound.c.state.in_(_BEGUN), outbound.c.state_at >= day.c.at)
    is_waiting = sa.and_(outbound.c.state.in_(UNSENT), outbound.c.hold_id.is_(None))
    return sa.select(
        *(outbound.c.clinic_id, outbound.c.patient_id, outbound.c.channel, outbound.c.id),
        *(outbound.c.lane, outbound.c.step_kind, outbound.c.due_at, outbound.c.state),
    ).where(
        outbound.c.clinic_id == day.c.clinic_id,
        outbound.c.patient_id == day.c.patient_id,
        outbound.c.channel == day.c.channel,
        outbound.c.kind == OutboundKind.REMINDER,
        outbound.c.due_at >= day.c.at - sa.literal(_DUE_BEFORE, sa.Interval()),
        outbound.c.due_at < day.c.at + sa.literal(_DAY, sa.Interval()),
        sa.or_(is_begun_today, is_waiting),
    )


def read_refusals(connection: sa.Connection, claims: Sequence[Claim]) -> dict[Key, frozenset[str]]:
    """Read which providers definitely refused a message, for those tried before."""
    tried = [claim for claim in claims if claim.attempts]
    if not tried:
        return {}
    wanted = rows("tried", **fields_of(tried, "clinic_id", "id"))
    refusals: defaultdict[Key, set[str]] = defaultdict(set)
    for row in connection.execute(
        sa.select(
            delivery_attempt.c.clinic_id,
            delivery_attempt.c.outbound_id,
            delivery_attempt.c.provider,
        ).where(
            is_row(wanted, delivery_attempt, "outbound_id"),
            delivery_attempt.c.outcome == AttemptOutcome.REJECTED_FOR_NOW,
            delivery_attempt.c.code.not_in(_NO_REFUSALS),
        )
    ):
        refusals[row.clinic_id, row.outbound_id].add(row.provider)
    return {key: frozenset(providers) for key, providers in refusals.items()}


def read_merged_steps(
    connection: sa.Connection, claims: Sequence[Claim]
) -> Mapping[Key, list[PlannedStep]]:
    """Read the steps merged into each message, with their procedures and plans."""
    hosts = {claim.key for claim in claims if claim.step_key is not None}
    merged: defaultdict[Key, list[PlannedStep]] = defaultdict(list)
    if not hosts:
        return merged
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(outbound.c.clinic_id, outbound.c.merged_into, outbound.c.step_key),
            *(enrollment.c.procedure_at, enrollment.c.procedure_ended_at),
            plan_version.c.content,
        )
        .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
        .join(plan_version, IS_ITS_PLAN)
        .where(
            among((outbound.c.clinic_id, outbound.c.merged_into), hosts),
            outbound.c.state == ReminderStatus.MERGED,
        )
        .order_by(outbound.c.id)
    )
    for row in connection.execute(statement):
        merged[row.clinic_id, row.merged_into].append(struct_from(PlannedStep, row))
    return merged


AddressKey = tuple[int, Channel, bytes]  # (clinic id, channel, index)


class Address(msgspec.Struct, frozen=True):
    """An address that was opened; `indexes` find it, the one under the newest key first."""

    plain: str
    indexes: tuple[bytes, ...]


class SuppressionRow(msgspec.Struct, frozen=True):
    """Fields are columns, in order."""

    clinic_id: int
    channel: Channel
    address_index: bytes
    reason: SuppressionReason


def read_suppressions(
    connection: sa.Connection, addresses: Collection[AddressKey]
) -> Mapping[AddressKey, set[SuppressionReason]]:
    """Read the suppressions that stand. The statement that begins an attempt asks again."""
    values = columns_of("address", addresses, "clinic_id", "channel", "address_index")
    standing = defaultdict[AddressKey, set[SuppressionReason]](set)
    for row in _suppressions()(connection, **values):
        standing[row.clinic_id, row.channel, row.address_index].add(row.reason)
    return standing


def open_address(vault: Vault, channel: Channel, sealed: bytes, context: str) -> Address:
    """Raises CannotOpen."""
    plain = vault.open_text(sealed, context=context)
    return Address(plain, tuple(address_indexes(vault, channel, plain)))


def read_staff_addresses(
    connection: sa.Connection, claims: Sequence[Claim], vault: Vault
) -> Iterator[tuple[tuple[int, int], Address]]:
    """Read the address of each message to staff, by the message's key.

    One that cannot be opened is left out: its message fails, and the next tier is alerted.
    """
    alerts = {claim.key for claim in claims if claim.kind is OutboundKind.STAFF_ALERT}
    if not alerts:
        return
    statement = (
        sa.select(outbound.c.id.label("outbound_id"), alert_contact)
        .join(alert_contact, is_row(alert_contact, outbound, "alert_contact_id"))
        .where(among((outbound.c.clinic_id, outbound.c.id), alerts))
    )
    for row in connection.execute(statement):
        with contextlib.suppress(CannotOpen):
            address = open_address(vault, row.channel, row.address_sealed, contexts.ALERT_ADDRESS)
            yield (row.clinic_id, row.outbound_id), address


@cache
def _suppressions() -> Precompiled[SuppressionRow]:
    address = table_of("address", "clinic_id", "channel", "address_index")
    columns = (suppression.c[name] for name in SuppressionRow.__struct_fields__)
    statement = sa.select(*columns).where(
        stands_for(address.c.clinic_id, address.c.channel, address.c.address_index)
    )
    return Precompiled(statement, struct_row(statement, SuppressionRow))
