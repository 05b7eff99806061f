"""Puts together the commands that begin outside: receipts, texts, clicks in mails."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, Commander
from services.chassis.logs import get_logger
from services.chassis.vault import Vault
from services.contracts.events import Event, ReminderChanged
from services.contracts.reminders import RecordInbound, RecordReceipt
from services.contracts.replies import RecordUnsubscribe
from services.reminders.storage.audience import Audience
from services.reminders.storage.inbound import Inbox
from services.reminders.storage.opt_outs import OptOuts
from services.reminders.storage.receipts import Receipts
from services.reminders.usecases.record_inbound import record_inbound
from services.reminders.usecases.record_receipt import record_receipt
from services.reminders.usecases.unsubscribe import unsubscribe

log = get_logger(__name__)


def incoming_commanders(
    vault: Vault, publish: Callable[[Event], None]
) -> Mapping[type[Any], Commander]:
    """What changed is announced once it has committed."""

    def announce(context: CommandContext, clinic_id: int, outbound_id: int) -> None:
        event = ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id)
        context.after_commit(lambda: publish(event))

    def take_receipt(
        connection: sa.Connection, said: RecordReceipt, context: CommandContext
    ) -> bool:
        effect = record_receipt(Receipts(connection, vault), OptOuts(connection, vault), said)
        if effect.is_contrary:
            log.warning("contrary_receipt", clinic=said.clinic_id, attempt=said.attempt_id)
        for clinic_id, outbound_id in effect.changed:
            announce(context, clinic_id, outbound_id)
        return effect.is_known

    def take_inbound(
        connection: sa.Connection, said: RecordInbound, context: CommandContext
    ) -> bool:
        effect = record_inbound(Inbox(connection, vault), OptOuts(connection, vault), said)
        for clinic_id, outbound_id in effect.skipped:
            announce(context, clinic_id, outbound_id)
        return effect.is_new

    def take_unsubscribe(
        connection: sa.Connection, said: RecordUnsubscribe, context: CommandContext
    ) -> bool:
        effect = unsubscribe(Audience(connection, vault), OptOuts(connection, vault), said)
        for clinic_id, outbound_id in effect.skipped:
            announce(context, clinic_id, outbound_id)
        return effect.is_known

    return {
        RecordReceipt: take_receipt,
        RecordInbound: take_inbound,
        RecordUnsubscribe: take_unsubscribe,
    }
