"""Texts that their provider does not carry whole leave as several messages, in order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.sms.segments import count_segments
from services.contracts.words import (
    ConsentState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.channels.provider_dispatcher import Accounts, AsyncProviderDispatcher
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import sender
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    RejectedForGood,
    RejectedForNow,
)
from services.reminders.delivery.usecases.send_batch import SendBatch
from tests.support.processes.http_provider import HttpProvider, Reply
from tests.support.reminders.due_messages import LONG_AGO, PHONE, DueMessages
from tests.support.reminders.long_texts import (
    LONG,
    RED_FLAG,
    STOP,
    change_sender,
    joined,
    send,
    sent,
    write,
)
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import ignore, unit_of_work

ACCEPTED_BY_KANNEL: Reply = (202, {}, b"0: Accepted for delivery")


# ---------------------------------------------------------------- through Kannel's own door
class KannelWorker:
    """A worker whose texts go to a Kannel on a real socket."""

    def __init__(
        self, engine: sa.Engine, vault: Vault, far_side: HttpProvider, folder: Path
    ) -> None:
        url = f"{far_side.url}/cgi-bin/sendsms"
        kannel = Kannel(sendsms_url=url, username="clinic", password="secret")
        self.dispatcher = AsyncProviderDispatcher(Accounts({"kannel": kannel}, {}, folder))
        worker = Worker(engine, vault, providers={Channel.SMS: ("kannel",)})
        deps = msgspec.structs.replace(worker.deps, dispatcher=self.dispatcher)
        self.send_batch = SendBatch(deps, is_stopping=lambda: False)


@pytest.fixture
def kannel(
    engine: sa.Engine, vault: Vault, due: DueMessages, provider: HttpProvider, tmp_path: Path
) -> Iterator[KannelWorker]:
    change_sender(due, provider="kannel")
    provider.answer = lambda _: ACCEPTED_BY_KANNEL
    worker = KannelWorker(engine, vault, provider, tmp_path)
    yield worker
    worker.dispatcher.close()


SEVENTEEN_PARTS = {
    "GSM 7-bit": LONG + " " + "Keep it dry. " * 4,
    "an accent": "Rowan Cliníca: " + "Keep the skin clean and dry. " * 38 + f"{RED_FLAG} {STOP}",
    "Cyrillic": "Клиника: " + "Не мочите кожу сегодня. " * 45 + STOP,  # noqa: RUF001 - Russian
    "Japanese": "光クリニック: " + "今日は肌を濡らさないでください。" * 70 + STOP,
    "emoji": "Rowan 🌹: " + "Keep the skin clean and dry. " * 38 + f"{RED_FLAG} {STOP}",
}


@pytest.mark.parametrize("text", list(SEVENTEEN_PARTS.values()), ids=list(SEVENTEEN_PARTS))
def test_kannel_gets_no_more_parts_than_it_carries(
    text: str, due: DueMessages, vault: Vault, kannel: KannelWorker, provider: HttpProvider
) -> None:
    reminder = write(due, vault, text)

    for _ in range(5):
        kannel.send_batch(Channel.SMS)

    texts = [form["text"] for form in provider.received]
    assert len(texts) > 1
    assert max(count_segments(text).parts for text in texts) <= 10
    assert joined(texts) == "".join(text.split())
    assert STOP in texts[-1]
    assert due.state(reminder) == (ReminderStatus.ACCEPTED, None)


def test_each_part_has_reports_of_its_own(
    due: DueMessages, vault: Vault, kannel: KannelWorker, provider: HttpProvider
) -> None:
    write(due, vault, LONG)

    for _ in range(3):
        kannel.send_batch(Channel.SMS)

    assert len({form["X-Kannel-DLR-Url"] for form in provider.received}) == 2


# ---------------------------------------------------------------- order
def test_the_next_part_leaves_after_the_one_before_was_accepted(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    seen = []
    for _ in range(3):
        send(worker)
        seen.append((len(sent(worker)), due.state(long_text)[0]))

    assert seen == [
        (1, ReminderStatus.SCHEDULED),
        (2, ReminderStatus.SCHEDULED),
        (3, ReminderStatus.ACCEPTED),
    ]


def test_all_of_it_leaves_once(long_text: int, worker: Worker) -> None:
    assert long_text
    send(worker, 6)

    assert joined(sent(worker)) == joined([LONG])
    assert [RED_FLAG in text for text in sent(worker)] == [False, False, True]


def test_two_long_texts_do_not_leave_in_turns(
    long_text: int, due: DueMessages, vault: Vault, worker: Worker
) -> None:
    other = write(due, vault, LONG.replace("Advice", "Caution"))
    for _ in range(8):
        due.change(other, not_before=LONG_AGO)
        send(worker)

    assert ["Caution" in text for text in sent(worker)] == [False] * 3 + [True] * 3
    assert [due.state(id_)[0] for id_ in (long_text, other)] == [ReminderStatus.ACCEPTED] * 2


def test_a_short_text_waits_for_the_end_of_a_long_one(
    long_text: int, due: DueMessages, vault: Vault, worker: Worker
) -> None:
    assert long_text
    short = write(due, vault, f"Rowan Clinic: Thank you. {STOP}")
    for _ in range(5):
        due.change(short, not_before=LONG_AGO)
        send(worker)

    assert ["Thank you" in text for text in sent(worker)] == [False, False, False, True]


def test_the_whole_text_is_kept(long_text: int, due: DueMessages, worker: Worker) -> None:
    send(worker, 3)

    sealed = due.row(long_text).body_sealed
    assert due.vault.open_text(sealed, context=contexts.BODY) == LONG


def test_a_part_that_was_refused_for_now_is_sent_again_alone(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    worker.dispatcher.answer = lambda _: RejectedForNow("BUSY")
    send(worker)
    worker.dispatcher.answer = lambda message: Accepted(f"SM{message.attempt_id}")
    due.change(long_text, not_before=LONG_AGO)
    send(worker, 3)

    first, refused, again, last = sent(worker)
    assert (refused, joined([first, again, last])) == (again, joined([LONG]))
    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_a_part_that_is_refused_for_good_ends_the_message(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    worker.dispatcher.answer = lambda _: RejectedForGood("FILTERED")
    send(worker, 3)

    assert due.state(long_text) == (ReminderStatus.FAILED, "FILTERED")
    assert len(sent(worker)) == 2


def test_a_sender_that_carries_less_meanwhile_loses_nothing(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    assert long_text
    send(worker)
    change_sender(due, most_parts=3)
    send(worker, 6)

    assert joined(sent(worker)) == joined([LONG])
    assert len(sent(worker)) > 3


def test_all_parts_come_from_one_sender(
    long_text: int, due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    assert long_text
    providers: dict[Channel, tuple[str, ...]] = {Channel.SMS: ("twilio", "kannel")}
    with engine.begin() as connection:
        connection.execute(
            sa.insert(sender).values(
                clinic_id=due.clinic_id,
                channel=Channel.SMS,
                provider="kannel",
                address="+12025550101",
                is_default=False,
            )
        )
    first = Worker(engine, vault, providers=providers)
    send(first)
    picks_another = msgspec.structs.replace(first.deps, jitter=lambda: 0.99)
    second = SendBatch(picks_another, is_stopping=lambda: False)
    for _ in range(3):
        second(Channel.SMS)

    assert len({message.sender for message in first.dispatcher.sent}) == 1


def test_a_night_that_begins_meanwhile_does_not_part_them(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    due.close_window()
    send(worker, 3)

    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_after_an_opt_out_the_rest_stays(long_text: int, due: DueMessages, worker: Worker) -> None:
    send(worker)
    due.consent(Channel.SMS, ConsentState.WITHDRAWN)
    send(worker, 3)

    assert due.state(long_text)[0] is ReminderStatus.SKIPPED
    assert len(sent(worker)) == 1


def test_a_later_suppression_of_the_number_keeps_the_rest(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    with unit_of_work(due.engine, due.vault, ignore) as uow:
        uow.suppressions.suppress(due.clinic_id, Channel.SMS, PHONE, SuppressionReason.INVALID)
    send(worker, 3)

    assert due.state(long_text)[0] is ReminderStatus.SKIPPED


def test_a_text_that_waited_past_its_use_between_parts_says_so(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    due.change(long_text, useful_until=LONG_AGO + timedelta(days=1))
    send(worker, 2)

    assert due.state(long_text) == (ReminderStatus.EXPIRED, "USEFULNESS_OVER")
