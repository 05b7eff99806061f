import contextlib
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from services.chassis.vault import CannotOpen, Vault
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_indexes
from services.reminders.database.tables import alert_contact, outbound
from services.reminders.database.unnest import among


def staff_addresses(
    connection: sa.Connection, claims: Sequence[Claim], vault: Vault
) -> Iterator[tuple[tuple[int, int], str, tuple[bytes, ...]]]:
    """The message's key, its address and the address's indexes, of messages to staff.

    One that cannot be read is left out: its message fails, and the next tier is told.
    """
    alerts = {one.key for one in claims if one.kind is OutboundKind.STAFF_ALERT}
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
            plain = vault.open_text(row.address_sealed, context=contexts.ALERT_ADDRESS)
            yield (
                (row.clinic_id, row.outbound_id),
                plain,
                tuple(address_indexes(vault, row.channel, plain)),
            )
