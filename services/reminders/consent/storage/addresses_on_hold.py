"""Addresses that nothing is sent to until staff have read what was received from them."""

from collections.abc import Collection
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.catalog import Channel
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.tables import inbound_message, staff_task

AddressKey = tuple[int, Channel, bytes]  # (clinic id, channel, index)


def awaiting_staff(connection: sa.Connection, clinic_ids: Collection[int]) -> set[AddressKey]:
    """The held addresses of these clinics. There are few: each has an open task."""
    return set(_awaiting()(connection, clinics=list(clinic_ids)))


@cache
def _awaiting() -> Precompiled[AddressKey]:
    return Precompiled(
        sa.select(
            inbound_message.c.clinic_id, inbound_message.c.channel, inbound_message.c.address_index
        )
        .join_from(
            staff_task,
            inbound_message,
            (inbound_message.c.clinic_id == staff_task.c.clinic_id)
            & (inbound_message.c.id == staff_task.c.inbound_id),
        )
        .where(
            staff_task.c.clinic_id == sa.any_(parameter("clinics", ARRAY(sa.BigInteger))),
            staff_task.c.holds_sending,
            staff_task.c.done_at.is_(None),
        ),
        lambda clinic_id, channel, index: (clinic_id, Channel(channel), index),
    )
