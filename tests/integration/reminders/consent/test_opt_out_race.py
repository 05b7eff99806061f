"""Five hundred messages are due when the patient texts STOP in the middle of the batch."""

import time
from pathlib import Path

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound
from services.contracts.words import ReminderStatus
from services.reminders.check_ins.usecases.record_inbound import InboundRules, record_inbound
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import delivery_attempt, outbound
from tests.support.processes.http_provider import CREATED, HttpProvider, Reply
from tests.support.processes.worker_process import dispatcher, stopping, worker
from tests.support.reading_rules import reply_reader
from tests.support.reminders.due_messages import LONG_AGO, PHONE, SENDERS, DueMessages
from tests.support.reminders.load import copy_row
from tests.support.reminders.units_of_work import unit_of_work
from tests.support.waiting import eventually

MESSAGES = 500


def unhurried(_: dict[str, str]) -> Reply:
    time.sleep(0.03)
    return CREATED


def begun(connection: sa.Connection) -> set[int]:
    """Attempts of reminders and corrections: a confirmation of the opt-out is neither."""
    statement = (
        sa.select(delivery_attempt.c.id)
        .join(
            outbound,
            sa.and_(
                outbound.c.clinic_id == delivery_attempt.c.clinic_id,
                outbound.c.id == delivery_attempt.c.outbound_id,
            ),
        )
        .where(outbound.c.kind.in_(("REMINDER", "CORRECTION")))
    )
    return set(connection.execute(statement).scalars())


def text_stop(due: DueMessages) -> set[int]:
    """What had begun when the opt-out held every message; it commits right after."""
    inbound = RecordInbound(
        provider="twilio",
        channel=Channel.SMS,
        our_address=SENDERS[Channel.SMS],
        their_address=PHONE,
        text="STOP",
        provider_message_id="SM9",
        received_at=LONG_AGO,
    )
    with unit_of_work(due.engine, due.vault) as uow:
        record_inbound(uow, inbound, InboundRules(reader=reply_reader()))
        return begun(uow.connection)


def test_nothing_begun_after_an_opt_out_commits_is_sent(
    engine: sa.Engine,
    vault: Vault,
    environ: dict[str, str],
    provider: HttpProvider,
    tmp_path: Path,
) -> None:
    due = DueMessages(engine, vault)
    provider.answer = unhurried
    first = due.remind()
    with due.engine.begin() as connection:
        more = range(MESSAGES - 1)
        copy_row(
            connection, outbound, first, len(more),
            kind=[OutboundKind.CORRECTION for _ in more],
            step_key=[None for _ in more],
            body_sealed=[  # each with words of its own: the same ones over and over are stopped
                vault.seal_text(f"Correction {n}", context=contexts.BODY) for n in more
            ],
        )  # fmt: skip
    with stopping(dispatcher(environ, tmp_path), worker(environ, tmp_path)):
        assert eventually(lambda: len(provider.received) >= 100)
        begun_before = text_stop(due)
        assert eventually(lambda: not moving(due))

    with due.engine.connect() as connection:
        assert begun(connection) == begun_before
    assert 100 <= len(begun_before) < MESSAGES


def moving(due: DueMessages) -> bool:
    states = {row.state for row in due.rows_of(outbound)}
    return bool(states & {ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.SENDING})
