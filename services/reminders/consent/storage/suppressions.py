"""Addresses that nothing is sent to: suppressed ones, and those held until staff have read.

Suppressions are opt-outs, addresses that do not work, and what staff enter.
"""

from collections.abc import Collection
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import SuppressionReason
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import inbound_message, staff_task, suppression


class SuppressionRepository(Repository):
    def suppress(
        self, clinic_id: int, channel: Channel, address: str, reason: SuppressionReason
    ) -> bool:
        """Returns False if the address was suppressed for that reason already."""
        if self._connection.execute(self._open(clinic_id, channel, address, reason)).first():
            return False
        added = self._connection.execute(
            insert(suppression)
            .values(
                clinic_id=clinic_id,
                channel=channel,
                address_index=address_index(self._vault, channel, address),
                reason=reason,
                since=product_now,
            )
            .on_conflict_do_nothing()
            .returning(suppression.c.id)
        )
        return added.first() is not None

    def lift_opt_out(self, clinic_id: int, channel: Channel, address: str) -> bool:
        """End the opt-out, but no other suppression. Returns False if there was none."""
        opt_outs = self._open(clinic_id, channel, address, SuppressionReason.OPT_OUT).subquery()
        lifted = self._connection.execute(
            sa.update(suppression)
            .where(suppression.c.clinic_id == clinic_id, suppression.c.id.in_(sa.select(opt_outs)))
            .values(lifted_at=product_now)
            .returning(suppression.c.id)
        )
        return lifted.first() is not None

    def suppress_by_staff(self, key: Key, contact: ContactPoint, by: str, why: str) -> None:
        """Suppress an address for this clinic only, unless staff have suppressed it already."""
        if SuppressionReason.MANUAL in contact.suppressions:
            return
        self._connection.execute(
            insert(suppression)
            .values(
                clinic_id=key.clinic_id,
                channel=contact.channel,
                address_index=address_index(self._vault, contact.channel, contact.address),
                reason=SuppressionReason.MANUAL,
                since=product_now,
                recorded_by=by,
                evidence_sealed=self._seal(why),
            )
            .on_conflict_do_nothing()
        )

    def lift_by_staff(self, key: Key, contact: ContactPoint, by: str, why: str) -> None:
        """End every suppression of the address except its owner's opt-out."""
        self._connection.execute(
            sa.update(suppression)
            .where(
                suppression.c.clinic_id == key.clinic_id,
                suppression.c.channel == contact.channel,
                suppression.c.address_index.in_(
                    address_indexes(self._vault, contact.channel, contact.address)
                ),
                suppression.c.reason != SuppressionReason.OPT_OUT,
                suppression.c.lifted_at.is_(None),
            )
            .values(lifted_at=product_now, lifted_by=by, lift_evidence_sealed=self._seal(why))
        )

    def _open(
        self, clinic_id: int, channel: Channel, address: str, reason: SuppressionReason
    ) -> sa.Select[int]:
        """Suppressions that were not lifted, under any index key."""
        indexes = address_indexes(self._vault, channel, address)
        return sa.select(suppression.c.id).where(
            suppression.c.clinic_id == clinic_id,
            suppression.c.channel == channel,
            suppression.c.address_index.in_(indexes),
            suppression.c.reason == reason,
            suppression.c.lifted_at.is_(None),
        )

    def _seal(self, text: str) -> bytes:
        return self._vault.seal_text(text, context=contexts.SUPPRESSION_EVIDENCE)


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
