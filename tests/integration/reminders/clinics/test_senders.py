"""Whom clinics send from: what is stored, what production refuses, and what is sent by it."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import (
    ClinicRecord,
    CreateClinic,
    KeptClinic,
    ListReminders,
    ReminderRecord,
    Scope,
)
from services.contracts.senders import AddSender, ListSenders, SenderRecord
from services.contracts.words import ConsentState, Mode, ReminderStatus, Role
from services.reminders.core.senders import Account
from services.reminders.database.tables import sender
from tests.support.reminders.aftercare import Clinic, Service, handlers_of
from tests.support.reminders.due_messages import SENDERS, DueMessages
from tests.support.reminders.sending import Worker

NUMBER = "+12025550144"
_TWO = "Ana <a@clinic.example>, Bo <b@clinic.example>"


@pytest.fixture
def production(engine: sa.Engine, vault: Vault) -> Service:
    return Service(engine, vault, env="production", sms_providers="twilio,kannel")


@pytest.fixture
def both(engine: sa.Engine, vault: Vault) -> Clinic:
    return Clinic(Service(engine, vault, sms_providers="twilio,kannel"))


def add(clinic: Clinic, **changes: Any) -> SenderRecord | Refusal:
    usual: dict[str, Any] = {
        "clinic_id": clinic.record.id,
        "channel": Channel.SMS,
        "provider": "kannel",
        "address": NUMBER,
    }
    return clinic.service.do(AddSender(**(usual | changes)))


def added(clinic: Clinic, **changes: Any) -> SenderRecord:
    record = add(clinic, **changes)
    assert isinstance(record, SenderRecord), record
    return record


def refusal(clinic: Clinic, **changes: Any) -> str:
    refused = add(clinic, **changes)
    assert isinstance(refused, Refusal)
    assert refused.code in (UserErrorCode.INVALID, UserErrorCode.NOT_FOUND)
    return refused.message


def test_a_sender_is_kept_with_its_account(both: Clinic) -> None:
    record = added(both, account="clinic-7", secret_file="kannel-7", data_agreement="BAA-7")

    assert (record.address, record.account, record.secret_file) == (NUMBER, "clinic-7", "kannel-7")
    assert (record.country, record.lacks) == ("PT", ())


def test_a_secrets_file_is_named_like_its_account(both: Clinic) -> None:
    assert added(both, account="AC7").secret_file == "AC7"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("bounces.clinic.example", "bounces.clinic.example"),
        (" Bounces.Clinic.EXAMPLE ", "bounces.clinic.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_bounce_domain_is_kept_in_ascii(both: Clinic, written: str, stored: str) -> None:
    mail = {"channel": Channel.EMAIL, "provider": "smtp", "address": "care@clinic.example"}

    assert added(both, **mail, bounce_domain=written).bounce_domain == stored


@pytest.mark.parametrize(
    "written", ["", "clinic", "b@clinic.example", "a b.example", "x" * 64 + ".example", "[::1]"]
)
def test_what_is_no_domain_is_refused_with_what_to_write(both: Clinic, written: str) -> None:
    mail = {"channel": Channel.EMAIL, "provider": "smtp", "address": "care@clinic.example"}

    assert "bounces.example.com" in refusal(both, **mail, bounce_domain=written)


def test_a_sender_of_texts_has_no_bounce_domain(both: Clinic) -> None:
    assert "only senders of email" in refusal(both, bounce_domain="bounces.clinic.example")


def test_each_mail_has_a_return_path_of_its_own(due: DueMessages, vault: Vault) -> None:
    change_sender(due, Channel.EMAIL, bounce_domain="bounces.clinic.example")
    for number in range(2):
        due.remind(number, channel=Channel.EMAIL)
    worker = Worker(due.engine, vault)

    worker.send_batch(Channel.EMAIL)

    paths = {message.return_path for message in worker.dispatcher.sent}
    assert len(paths) == 2
    assert all(path and path.endswith("@bounces.clinic.example") for path in paths)


def test_adding_it_again_changes_it(both: Clinic) -> None:
    first, second = added(both), added(both, is_two_way=False, opt_out_way="+351210000000")

    assert (first.id, first.is_two_way, second.is_two_way) == (second.id, True, False)


def test_a_clinic_has_one_default_for_a_channel(both: Clinic) -> None:
    added(both, is_default=True)

    listed = both.service.ask(ListSenders(clinic_id=both.record.id))

    assert {
        sender.provider: sender.is_default for sender in listed if sender.channel is Channel.SMS
    } == {
        "twilio": False,
        "kannel": True,
    }


def test_lists_the_senders_of_all_clinics(both: Clinic) -> None:
    other = Clinic(both.service, "Other Clinic")

    assert {sender.clinic_id for sender in both.service.ask(ListSenders())} == {
        both.record.id,
        other.record.id,
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("(202) 555-0144", NUMBER),
        ("70007", "70007"),
        ("+351 912 345 678", "+351912345678"),
    ],
)
def test_an_address_is_kept_in_one_form(both: Clinic, written: str, kept: str) -> None:
    assert added(both, address=written, country="US").address == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("care@Clinic.Example", "care@clinic.example"),
        ("Rowan Clinic <care@clinic.example>", "Rowan Clinic <care@clinic.example>"),
        ("Rowan, Dr. <care@clinic.example>", '"Rowan, Dr." <care@clinic.example>'),
    ],
)
def test_a_mailbox_may_have_a_name(both: Clinic, written: str, kept: str) -> None:
    record = added(both, channel=Channel.EMAIL, provider="smtp", address=written)

    assert record.address == kept


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"clinic_id": 10**9}, "no such clinic"),
        ({"provider": "smtp"}, "twilio, kannel"),
        ({"country": "Portugal"}, "ISO 3166"),
        ({"secret_file": "clinic-7"}, "of an account"),
        ({"account": "no file's name"}, "SECRETS_FOLDER"),
        ({"account": "a", "secret_file": "../etc/passwd"}, "SECRETS_FOLDER"),
        ({"address": "not an address at all"}, "The address"),
        ({"address": "Rowan"}, "one-way"),
        ({"channel": Channel.EMAIL, "provider": "smtp", "address": "a@b\r\nBcc: c@d"}, "address"),
        ({"channel": Channel.EMAIL, "provider": "smtp", "address": _TWO}, "write one sender"),
    ],
)
def test_an_invalid_sender_is_refused_with_a_reason(
    both: Clinic, changes: dict[str, Any], says: str
) -> None:
    assert says in refusal(both, **changes)


def test_production_refuses_an_american_sender_without_its_data_agreement(
    production: Service,
) -> None:
    clinic = Clinic(production)

    assert "data agreement" in refusal(clinic, country="US")
    assert added(clinic, country="US", data_agreement="BAA-7").lacks == ()


def test_production_refuses_a_one_way_sender_without_another_way_to_opt_out(
    production: Service,
) -> None:
    clinic = Clinic(production)

    assert "opt out" in refusal(clinic, address="Rowan", is_two_way=False)
    assert added(clinic, address="Rowan", is_two_way=False, opt_out_way="call us").lacks == ()


def test_production_refuses_marketing_mail_without_a_postal_address(production: Service) -> None:
    clinic = Clinic(production)
    mail = {"channel": Channel.EMAIL, "provider": "smtp", "address": "news@clinic.example"}

    assert "postal address" in refusal(clinic, **mail, is_for_marketing=True)
    assert added(clinic, **mail, is_for_marketing=True, postal_address="1 Main St").id


def test_development_keeps_a_sender_that_lacks_something_and_says_so(both: Clinic) -> None:
    assert added(both, country="US").lacks == ("SENDER_WITHOUT_DATA_AGREEMENT",)


def create(service: Service) -> ClinicRecord | KeptClinic | Refusal:
    return service.do(CreateClinic(name="Alder", time_zone="America/Chicago", country="US"))


def test_production_creates_no_american_clinic_on_senders_without_agreements(
    production: Service,
) -> None:
    refused = create(production)

    assert isinstance(refused, Refusal)
    assert "DATA_AGREEMENTS" in refused.message


def test_production_creates_it_with_agreements(engine: sa.Engine, vault: Vault) -> None:
    agreed = Service(engine, vault, env="production", data_agreements="twilio=BAA-1, smtp=BAA-2")

    made = create(agreed)

    assert isinstance(made, ClinicRecord)
    listed = agreed.ask(ListSenders(clinic_id=made.id))
    assert {sender.data_agreement for sender in listed} == {"BAA-1", "BAA-2"}


def change_sender(due: DueMessages, channel: Channel, **values: Any) -> None:
    with due.engine.begin() as connection:
        connection.execute(sa.update(sender).where(sender.c.channel == channel).values(values))


def test_production_holds_messages_its_sender_may_not_send_and_says_why_once(
    due: DueMessages, vault: Vault
) -> None:
    change_sender(due, Channel.SMS, country="US")
    reminder = due.remind()
    worker = Worker(due.engine, vault, is_production=True)

    for _ in range(2):
        worker.send_batch(Channel.SMS)
        with due.engine.begin() as connection:  # the wait is over
            connection.execute(sa.text("update reminders.outbound set not_before = 'epoch'"))

    assert worker.dispatcher.sent == []
    assert due.state(reminder) == (ReminderStatus.SCHEDULED, "SENDER_WITHOUT_DATA_AGREEMENT")
    assert due.why(reminder) == ["SENDER_WITHOUT_DATA_AGREEMENT"]


def test_a_message_that_no_sender_may_carry_is_shown_as_held(
    due: DueMessages, worker: Worker, vault: Vault
) -> None:
    with due.engine.begin() as connection:
        connection.execute(sa.delete(sender).where(sender.c.channel == Channel.SMS))
    reminder = due.remind()

    worker.send_batch(Channel.SMS)

    shown = shown_reminder(due, vault)
    assert due.state(reminder) == (ReminderStatus.SCHEDULED, "NO_SENDER")
    assert shown.hold
    assert (shown.hold.code, shown.hold.until) == ("NO_SENDER", None)
    assert shown.hold.text == "Held until the clinic has an address to send it from."
    assert [decision.text for decision in shown.why] == [shown.hold.text]


def shown_reminder(due: DueMessages, vault: Vault) -> ReminderRecord:
    queries, _ = handlers_of(vault)
    scope = Scope(clinic_id=due.clinic_id, mode=Mode.LIVE, role=Role.STAFF, actor="key:1")
    ask = ListReminders(scope=scope, limit=1, details=True)
    with due.engine.connect() as connection:
        [page] = queries[ListReminders](connection, [ask])
    [shown] = page.items
    assert isinstance(shown, ReminderRecord)
    return shown


def test_a_held_message_is_sent_once_the_sender_lacks_nothing(
    due: DueMessages, vault: Vault
) -> None:
    change_sender(due, Channel.SMS, country="US", data_agreement="BAA-7")
    due.remind()
    worker = Worker(due.engine, vault, is_production=True)

    worker.send_batch(Channel.SMS)

    assert [message.sender for message in worker.dispatcher.sent] == [SENDERS[Channel.SMS]]


def test_a_message_goes_through_its_senders_account(due: DueMessages, vault: Vault) -> None:
    change_sender(due, Channel.SMS, account="AC7", secret_file="twilio-7")
    due.remind()
    worker = Worker(due.engine, vault)

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.accounts == [Account("AC7", "twilio-7")]


def test_a_one_way_sender_names_another_way_to_opt_out(due: DueMessages, vault: Vault) -> None:
    change_sender(due, Channel.SMS, is_two_way=False, opt_out_way="call +12025550177")
    due.remind()
    worker = Worker(due.engine, vault)

    worker.send_batch(Channel.SMS)

    [sent] = worker.dispatcher.sent
    assert sent.text.endswith("To opt out: call +12025550177.")


@pytest.mark.parametrize(("postal_address", "count"), [(None, 0), ("1 Main Street", 1)])
def test_production_sends_marketing_mail_only_with_a_postal_address(
    due: DueMessages, vault: Vault, postal_address: str | None, count: int
) -> None:
    change_sender(due, Channel.EMAIL, country="PT", postal_address=postal_address)
    consent_id = due.consent(Channel.EMAIL, ConsentState.GRANTED, purpose=Purpose.MARKETING)
    due.remind(channel=Channel.EMAIL, purpose=Purpose.MARKETING, consent_id=consent_id)
    worker = Worker(due.engine, vault, is_production=True)

    worker.send_batch(Channel.EMAIL)

    assert len(worker.dispatcher.sent) == count
