"""Puts together the commands that begin outside: receipts, texts, clicks in mails."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler
from services.chassis.logs import get_logger
from services.chassis.vault import Vault
from services.contracts.events import Event, ReminderChanged
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.replies import RecordUnsubscribe
from services.reminders.check_ins.storage.inbound import InboundRepository
from services.reminders.check_ins.usecases.record_inbound import record_inbound
from services.reminders.checking_in import Care
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.consent.storage.opt_outs import OptOutRepository
from services.reminders.consent.usecases.unsubscribe import unsubscribe
from services.reminders.delivery.storage.receipts import Receipts
from services.reminders.delivery.usecases.record_receipt import record_receipt

log = get_logger(__name__)


class Incoming:
    """What changed is announced once it has committed."""

    def __init__(self, vault: Vault, publish: Callable[[Event], None], care: Care) -> None:
        self._vault = vault
        self._publish = publish
        self._care = care

    def take_receipt(
        self, connection: sa.Connection, said: RecordReceipt, context: CommandContext
    ) -> bool:
        opt_outs = OptOutRepository(connection, self._vault)
        effect = record_receipt(Receipts(connection, self._vault), opt_outs, said)
        if effect.is_contrary:
            log.warning("contrary_receipt", clinic=said.clinic_id, attempt=said.attempt_id)
        self._announce(context, effect.changed)
        return effect.is_known

    def take_inbound(
        self, connection: sa.Connection, said: RecordInbound, context: CommandContext
    ) -> bool:
        opt_outs = OptOutRepository(connection, self._vault)
        desk = self._care.desk(connection, context)
        effect = record_inbound(InboundRepository(connection, self._vault), opt_outs, desk, said)
        if effect.is_nobodys:
            log.warning("text_for_nobody", provider=said.provider)
        self._announce(context, effect.skipped)
        return effect.is_new

    def take_unsubscribe(
        self, connection: sa.Connection, said: RecordUnsubscribe, context: CommandContext
    ) -> bool:
        opt_outs = OptOutRepository(connection, self._vault)
        effect = unsubscribe(AddressOwners(connection, self._vault), opt_outs, said)
        self._announce(context, effect.skipped)
        return effect.is_known

    def _announce(self, context: CommandContext, keys: Iterable[tuple[int, int]]) -> None:
        for clinic_id, outbound_id in keys:
            event = ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id)
            context.after_commit(partial(self._publish, event))


def incoming_commanders(
    vault: Vault, publish: Callable[[Event], None], care: Care
) -> Mapping[type[Any], CommandHandler]:
    incoming = Incoming(vault, publish, care)
    return {
        RecordReceipt: incoming.take_receipt,
        RecordInbound: incoming.take_inbound,
        RecordUnsubscribe: incoming.take_unsubscribe,
    }
