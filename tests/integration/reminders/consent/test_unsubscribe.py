"""One click ends email: once, also long after, and no more than was meant."""

from collections.abc import Callable

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.events import Event, ReminderChanged
from services.contracts.replies import RecordUnsubscribe
from services.contracts.words import (
    ConsentState,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.consent.usecases.opt_out import unsubscribe
from services.reminders.database.tables import consent, contact_point, staff_task, suppression
from tests.support.reminders.due_messages import EMAIL, LONG_AGO, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import ignore, unit_of_work


def click(
    due: DueMessages,
    purpose: Purpose = Purpose.CARE,
    contact_id: int | None = None,
    publish: Callable[[Event], None] = ignore,
) -> bool:
    command = RecordUnsubscribe(
        clinic_id=due.clinic_id,
        contact_point_id=contact_id or due.contact_ids[Channel.EMAIL],
        purpose=purpose,
        received_at=LONG_AGO,
    )
    with unit_of_work(due.engine, due.vault, publish) as uow:
        return unsubscribe(uow, command)


def states(due: DueMessages) -> set[tuple[Channel, Purpose, ConsentState]]:
    newest = {(row.channel, row.purpose): row.state for row in due.rows_of(consent)}
    return {(channel, purpose, state) for (channel, purpose), state in newest.items()}


def test_a_click_in_care_mail_opts_the_address_out(due: DueMessages) -> None:
    reminder = due.remind(channel=Channel.EMAIL)
    announced: list[Event] = []

    click(due, publish=announced.append)

    [row] = due.rows_of(suppression)
    assert (row.channel, row.reason) == (Channel.EMAIL, SuppressionReason.OPT_OUT)
    assert row.address_index == due.index(Channel.EMAIL, EMAIL)
    assert announced == [ReminderChanged(clinic_id=due.clinic_id, reminder_id=reminder)]
    assert due.state(reminder) == (ReminderStatus.SKIPPED, "OPTED_OUT")
    assert (Channel.EMAIL, Purpose.CARE, ConsentState.WITHDRAWN) in states(due)


def test_a_click_leaves_texts_alone(due: DueMessages) -> None:
    reminder = due.remind(channel=Channel.SMS)

    click(due)

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED
    assert (Channel.SMS, Purpose.CARE, ConsentState.GRANTED) in states(due)


def test_a_click_during_care_asks_staff_for_another_way(due: DueMessages) -> None:
    click(due)

    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.OPTED_OUT]


def test_clicking_twice_changes_nothing_more(due: DueMessages) -> None:
    due.remind(channel=Channel.EMAIL)
    click(due)
    ledger = len(due.rows_of(consent))

    announced: list[Event] = []
    is_known = click(due, publish=announced.append)

    assert (is_known, announced) == (True, [])
    assert (len(due.rows_of(suppression)), len(due.rows_of(consent))) == (1, ledger)


def test_a_click_in_marketing_mail_ends_marketing_and_no_care(due: DueMessages) -> None:
    due.consent(Channel.EMAIL, ConsentState.GRANTED, purpose=Purpose.MARKETING)
    offer = due.remind(1, channel=Channel.EMAIL, purpose=Purpose.MARKETING)
    care = due.remind(channel=Channel.EMAIL)

    click(due, Purpose.MARKETING)

    assert due.rows_of(suppression) == []
    assert due.state(care)[0] is ReminderStatus.SCHEDULED
    assert due.state(offer) == (ReminderStatus.SKIPPED, "OPTED_OUT")
    assert states(due) >= {
        (Channel.EMAIL, Purpose.MARKETING, ConsentState.WITHDRAWN),
        (Channel.EMAIL, Purpose.CARE, ConsentState.GRANTED),
    }


def test_a_click_counts_after_the_address_was_replaced(due: DueMessages) -> None:
    with due.engine.begin() as connection:
        connection.execute(sa.update(contact_point).values(replaced_at=LONG_AGO))

    assert click(due)
    assert len(due.rows_of(suppression)) == 1


def test_a_click_for_an_address_that_is_gone_changes_nothing(due: DueMessages) -> None:
    assert not click(due, contact_id=987_654)
    assert due.rows_of(suppression) == []


def test_a_mail_carries_the_click_that_ends_it(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    due.remind(channel=Channel.EMAIL)
    worker = Worker(engine, vault)

    worker.send_batch(Channel.EMAIL)

    [sent] = worker.dispatcher.sent
    assert (sent.unsubscribe_url or "").startswith("https://clinic.example/unsubscribe/")
    assert EMAIL not in (sent.unsubscribe_url or "")


def test_a_text_carries_no_click(due: DueMessages, engine: sa.Engine, vault: Vault) -> None:
    due.remind()
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    [sent] = worker.dispatcher.sent
    assert sent.unsubscribe_url is None
