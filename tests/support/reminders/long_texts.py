"""A text that leaves as three messages, and what is done with it."""

import re
from typing import Any

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordReceipt
from services.contracts.words import ReceiptState
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import delivery_attempt, sender
from services.reminders.delivery.usecases.record_receipt import record_receipt
from tests.support.reminders.due_messages import LONG_AGO, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import ignore, unit_of_work

RED_FLAG = "Call us at once for fever, pus, or a rash that spreads."
STOP = "Reply STOP to opt out."
ADVICE = " ".join(f"Advice number {number} tells you what to do." for number in range(60))
LONG = f"Rowan Clinic: {ADVICE}\n{RED_FLAG} {STOP}"
NUMBERING = re.compile(r" \(\d+/\d+\)$")


def change_sender(due: DueMessages, **values: Any) -> None:
    its = sender.c.clinic_id == due.clinic_id, sender.c.channel == Channel.SMS
    with due.engine.begin() as connection:
        connection.execute(sa.update(sender).where(*its).values(**values))


def write(due: DueMessages, vault: Vault, text: str, **more: Any) -> int:
    sealed = vault.seal_text(text, context=contexts.BODY)
    values = {"kind": OutboundKind.NUDGE, "step_key": None, "body_sealed": sealed}
    return due.remind(**values | more)


def send(worker: Worker, times: int = 1) -> None:
    for _ in range(times):
        worker.send_batch(Channel.SMS)


def sent(worker: Worker) -> list[str]:
    return [message.text for message in worker.dispatcher.sent]


def joined(texts: list[str]) -> str:
    return "".join("".join(NUMBERING.sub("", text) for text in texts).split())


def attempts(due: DueMessages) -> list[Any]:
    return due.rows_of(delivery_attempt)


def report(due: DueMessages, attempt_id: int, state: ReceiptState) -> None:
    receipt = RecordReceipt(
        provider="twilio",
        clinic_id=due.clinic_id,
        attempt_id=attempt_id,
        state=state,
        provider_state=str(state).lower(),
        received_at=LONG_AGO,
    )
    with unit_of_work(due.engine, due.vault, ignore) as uow:
        record_receipt(uow, receipt)
