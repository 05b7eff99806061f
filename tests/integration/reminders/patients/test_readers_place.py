"""Messages write hours as is usual in the patient's place."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.database.tables import clinic, patient, plan_version
from tests.support.reminders.due_messages import DueMessages, plan, step
from tests.support.reminders.sending import Worker

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
OPEN = [{"day": day, "opens": "09:00:00", "closes": "18:00:00"} for day in WEEKDAYS]
TEXT = "open{% if clinic_hours %} {{ clinic_hours }}{% endif %}. {{ out_of_hours }} Bye."


@pytest.fixture
def sent(engine: sa.Engine, vault: Vault) -> Callable[..., str]:
    """The one text that is sent, with what the clinic's and the patient's rows hold."""

    def sent(*, locale: str, clinic_locale: str = "en", **of_clinic: Any) -> str:
        due = DueMessages(engine, vault)
        content = msgspec.msgpack.encode(plan([step("step-0", TEXT)]))
        with engine.begin() as connection:
            for table, values in (
                (clinic, {"locale": clinic_locale, **of_clinic}),
                (patient, {"locale": locale}),
                (plan_version, {"content": content}),
            ):
                connection.execute(sa.update(table).values(**values))
        due.remind()
        worker = Worker(engine, vault)
        worker.send_batch(Channel.SMS)
        [message] = worker.dispatcher.sent
        text = message.text.removeprefix("Rowan Clinic: ")
        return text.removesuffix(" Bye. Reply STOP to opt out.").rstrip()

    return sent


def test_hours_are_shown_by_the_clock_of_the_patients_place(sent: Callable[..., str]) -> None:
    assert sent(locale="en-GB", opening_hours=OPEN) == "open Mon-Fri 09:00-18:00."


def test_without_a_place_the_clinics_way_of_writing_hours_applies(
    sent: Callable[..., str],
) -> None:
    assert sent(locale="en", opening_hours=OPEN) == "open Mon-Fri 9:00 AM-6:00 PM."


def test_a_clinic_without_hours_shows_none(sent: Callable[..., str]) -> None:
    assert sent(locale="en") == "open."


def test_the_clinics_text_for_out_of_hours_is_sent(sent: Callable[..., str]) -> None:
    assert sent(locale="en", out_of_hours="Leave a message") == "open. Leave a message."


def test_the_clinics_text_is_not_sent_in_another_language(sent: Callable[..., str]) -> None:
    assert sent(locale="en", out_of_hours="Deje un mensaje.", clinic_locale="es") == "open."
