"""What a change of a patient does to the messages that wait for them."""

from typing import Final

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT, origins
from services.reminders.database.decisions import decide
from services.reminders.database.repository import Repository
from services.reminders.database.tables import outbound
from services.reminders.enrollments.storage.planned_reminder_statements import LOSE_CLAIM

_PLANNED: Final = (OutboundKind.REMINDER, OutboundKind.CORRECTION)


class WaitingMessageRepository(Repository):
    def readdress(self, key: Key, old_contact: int, new_contact: int) -> list[int]:
        """Readdress messages that wait; they are held until a consent permits the new address.

        A worker that has claimed one loses it. Returns the ids of the messages held.
        """
        held = self._change(
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
                **LOSE_CLAIM,
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

    def drop(self, key: Key, channel: Channel, code: Reason) -> list[int]:
        """Skip the reminders and corrections that have not begun. Returns their ids."""
        dropped: list[int] = []
        for state in (ReminderStatus.SKIPPED, ReminderStatus.CANCELLED):
            leaving = UNSENT if state is ReminderStatus.SKIPPED else (ReminderStatus.MERGED,)
            dropped += self._change(
                sa.update(outbound)
                .where(
                    *_planned(key),
                    outbound.c.channel == channel,
                    outbound.c.state.in_(set(leaving) & set(origins(state))),
                )
                .values(state=state, state_reason=code, state_at=product_now, **LOSE_CLAIM),
                key,
                code,
            )
        return dropped

    def _change(self, statement: sa.Update, key: Key, code: Reason) -> list[int]:
        changed = list(self._connection.execute(statement.returning(outbound.c.id)).scalars())
        if changed:
            decide(self._connection, [(key.clinic_id, id_) for id_ in changed], code)
        return changed


def _planned(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        outbound.c.clinic_id == key.clinic_id,
        outbound.c.mode == key.mode,
        outbound.c.patient_id == key.id,
        outbound.c.kind.in_(_PLANNED),
    )
