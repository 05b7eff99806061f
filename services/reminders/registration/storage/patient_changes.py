"""What changes about a patient, and what that does to messages that wait."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT, origins
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.decisions import decide
from services.reminders.database.tables import contact_point, outbound, patient

_PLANNED: Final = (OutboundKind.REMINDER, OutboundKind.CORRECTION)
_OUT_OF_HAND: Final = {"owner": None, "lease_until": None, "token": outbound.c.token + 1}


class PatientChangeRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def change(self, key: Key, values: Mapping[str, Any]) -> None:
        """Store fields of the command by name; None where the clinic's rule is to hold."""
        self._connection.execute(
            sa.update(patient)
            .where(
                patient.c.clinic_id == key.clinic_id,
                patient.c.mode == key.mode,
                patient.c.id == key.id,
            )
            .values(**self._columns(values))
        )

    def end_contact(self, key: Key, contact_point_id: int) -> None:
        self._connection.execute(
            sa.update(contact_point)
            .where(
                contact_point.c.clinic_id == key.clinic_id, contact_point.c.id == contact_point_id
            )
            .values(replaced_at=product_now)
        )

    def move_waiting(self, key: Key, old_contact: int, new_contact: int) -> list[int]:
        """Have what waits go to another contact point, once a consent for that permits it.

        A worker that has one in hand loses it. Answers with the messages.
        """
        held = self._ended(
            sa.update(outbound)
            .where(
                *_planned(key),
                outbound.c.contact_point_id == old_contact,
                outbound.c.state.in_(UNSENT),
            )
            .values(
                contact_point_id=new_contact,
                state=ReminderStatus.SCHEDULED,
                state_reason=Reason.NEEDS_VERIFICATION,
                state_at=product_now,
                **_OUT_OF_HAND,
            ),
            key,
            Reason.NEEDS_VERIFICATION,
        )
        self._connection.execute(
            sa.update(outbound)
            .where(
                *_planned(key),
                outbound.c.contact_point_id == old_contact,
                outbound.c.state == ReminderStatus.MERGED,
            )
            .values(contact_point_id=new_contact)
        )
        return held

    def drop_waiting(self, key: Key, channel: Channel, code: Reason) -> list[int]:
        """Skip the reminders and corrections that have not begun."""
        dropped: list[int] = []
        for state in (ReminderStatus.SKIPPED, ReminderStatus.CANCELLED):
            leaving = UNSENT if state is ReminderStatus.SKIPPED else (ReminderStatus.MERGED,)
            dropped += self._ended(
                sa.update(outbound)
                .where(
                    *_planned(key),
                    outbound.c.channel == channel,
                    outbound.c.state.in_(set(leaving) & set(origins(state))),
                )
                .values(state=state, state_reason=code, state_at=product_now, **_OUT_OF_HAND),
                key,
                code,
            )
        return dropped

    def _ended(self, statement: sa.Update, key: Key, code: Reason) -> list[int]:
        found = self._connection.execute(statement.returning(outbound.c.id)).scalars()
        numbers = list(found)
        if numbers:
            decide(self._connection, [(key.clinic_id, number) for number in numbers], code)
        return numbers

    def _columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        columns = dict(values)
        if "display_name" in columns:
            name = (columns.pop("display_name") or "").strip()
            columns["name_sealed"] = (
                self._vault.seal_text(name, context=contexts.PATIENT_NAME) if name else None
            )
        if "quiet_hours" in columns:
            quiet = columns.pop("quiet_hours")
            columns["quiet_start"] = quiet and quiet.start
            columns["quiet_end"] = quiet and quiet.end
        if "channels" in columns:
            columns["channels"] = [channel.value for channel in columns["channels"]]
        return columns


def _planned(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        outbound.c.clinic_id == key.clinic_id,
        outbound.c.mode == key.mode,
        outbound.c.patient_id == key.id,
        outbound.c.kind.in_(_PLANNED),
    )
