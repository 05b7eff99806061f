"""Suppressions that staff enter and lift."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.words import SuppressionReason
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.tables import suppression


class SuppressionRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def suppress(self, key: Key, contact: ContactPoint, by: str, why: str) -> None:
        """By hand, for this clinic alone; nothing where it is so already."""
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

    def lift(self, key: Key, contact: ContactPoint, by: str, why: str) -> None:
        """End every suppression of the address but its owner's own opt-out."""
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

    def _seal(self, text: str) -> bytes:
        return self._vault.seal_text(text, context=contexts.SUPPRESSION_EVIDENCE)
