"""What a dispatch context needs of suppressions and of staff addresses."""

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

import msgspec
import sqlalchemy as sa

from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import Channel
from services.contracts.words import SuppressionReason
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_indexes
from services.reminders.database.fragments import stands_for
from services.reminders.database.precompiled import Precompiled, struct_row
from services.reminders.database.tables import alert_contact, outbound, suppression
from services.reminders.database.unnest import among, table_of, values_of

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
    values = values_of(
        "known",
        clinic_id=[clinic_id for clinic_id, _, _ in addresses],
        channel=[channel.value for _, channel, _ in addresses],
        address_index=[index for _, _, index in addresses],
    )
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
        .join(
            alert_contact,
            (alert_contact.c.clinic_id == outbound.c.clinic_id)
            & (alert_contact.c.id == outbound.c.alert_contact_id),
        )
        .where(among((outbound.c.clinic_id, outbound.c.id), alerts))
    )
    for row in connection.execute(statement):
        with contextlib.suppress(CannotOpen):
            address = open_address(vault, row.channel, row.address_sealed, contexts.ALERT_ADDRESS)
            yield (row.clinic_id, row.outbound_id), address


@cache
def _suppressions() -> Precompiled[SuppressionRow]:
    known = table_of("known", "clinic_id", "channel", "address_index")
    columns = (suppression.c[name] for name in SuppressionRow.__struct_fields__)
    statement = sa.select(*columns).where(
        stands_for(known.c.clinic_id, known.c.channel, known.c.address_index)
    )
    return Precompiled(statement, struct_row(statement, SuppressionRow))
