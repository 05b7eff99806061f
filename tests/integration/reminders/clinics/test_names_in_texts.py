"""Which name the messages of a clinic begin with, whatever they are about."""

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.check_ins import AddAlertContact, AlertContactRecord, SendTestAlert
from services.contracts.clinics import ChangeClinic
from services.contracts.errors import Refusal
from services.contracts.incoming import RecordInbound
from services.contracts.reminders import ClinicRecord, CreateClinic
from services.contracts.senders import AddSender
from services.contracts.words import Role
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import outbound
from tests.support.reminders.aftercare import NOW, OURS, PHONE, Clinic, Service, consent
from tests.support.reminders.units_of_work import receive_text

NAME, IN_TEXTS = "Clínica Ruiz, S.L.", "Clinica Ruiz, S.L."
_NUMBERS = count()


@pytest.fixture
def clinic(service: Service) -> Clinic:
    return Clinic(service, name=NAME)


def change(clinic: Clinic, **values: Any) -> ClinicRecord | Refusal:
    return clinic.service.do(ChangeClinic(clinic_id=clinic.record.id, **values))


def say(engine: sa.Engine, vault: Vault, words: str) -> None:
    inbound = RecordInbound(
        provider="twilio",
        channel=Channel.SMS,
        our_address=OURS,
        their_address=PHONE,
        text=words,
        provider_message_id=f"SM-{next(_NUMBERS)}",
        received_at=NOW,
    )
    receive_text(engine, vault, inbound)


def written(engine: sa.Engine, vault: Vault) -> list[str]:
    """The messages that are written when they are planned, such as answers."""
    with engine.connect() as connection:
        sealed = connection.execute(
            sa.select(outbound.c.body_sealed)
            .where(outbound.c.body_sealed.is_not(None))
            .order_by(outbound.c.id)
        ).scalars()
        return [vault.open_text(row, context=contexts.BODY) for row in sealed if row]


def test_reminders_name_the_clinic_in_the_alphabet_of_each_channel(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)
    begins = {item.channel: (item.body or "").partition(": ")[0] for item in clinic.reminders()}

    assert begins == {Channel.SMS: IN_TEXTS, Channel.EMAIL: NAME}


@pytest.mark.parametrize("words", ["HELP", "STOP"])
def test_answers_to_keywords_do_too(
    words: str, clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    clinic.register()
    say(engine, vault, words)

    assert [text.startswith(IN_TEXTS) for text in written(engine, vault)] == [True]


def test_codes_do_too(clinic: Clinic, engine: sa.Engine, vault: Vault) -> None:
    scope = clinic.scope(role=Role.FRONT_END)
    clinic.service.do(clinic.registration(scope=scope, consents=(consent(Channel.SMS),)))

    assert [text.startswith(IN_TEXTS) for text in written(engine, vault)] == [True]


@pytest.mark.parametrize(
    ("address", "name"), [("+351912000111", IN_TEXTS), ("desk@clinic.example", NAME)]
)
def test_alerts_do_too(
    address: str, name: str, clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    add = AddAlertContact(clinic_id=clinic.record.id, channel=channel, address=address)
    assert isinstance(clinic.service.do(add), AlertContactRecord)
    clinic.service.do(SendTestAlert(clinic_id=clinic.record.id))

    assert [text.startswith(f"{name}: ") for text in written(engine, vault)] == [True]


@pytest.mark.parametrize(
    ("chosen", "used"),
    [
        ("Ruiz", "Ruiz"),
        ("Ruiz\u00a0Piel", "Ruiz Piel"),
        ("Dr. Ruiz’s", "Dr. Ruiz's"),
        (None, IN_TEXTS),
    ],
)
def test_a_name_for_texts_can_be_chosen(chosen: str | None, used: str, clinic: Clinic) -> None:
    change(clinic, sms_name="Other")
    change(clinic, sms_name=chosen)
    clinic.enroll(clinic.register().id)
    texts = [item.body or "" for item in clinic.reminders() if item.channel is Channel.SMS]

    assert all(text.startswith(f"{used}: ") for text in texts)


@pytest.mark.parametrize("chosen", ["", "  ", "\u200b", "x" * 61, "Ruiz\x00\x00\nSol" + "x" * 60])
def test_a_name_that_is_none_is_refused(chosen: str, clinic: Clinic) -> None:
    refusal = change(clinic, sms_name=chosen)

    assert isinstance(refusal, Refusal)
    assert "1 to 60 characters" in refusal.message


def test_another_change_keeps_the_name(clinic: Clinic) -> None:
    change(clinic, sms_name="Ruiz")
    changed = change(clinic, out_of_hours="Call 112.")

    assert isinstance(changed, ClinicRecord)
    assert changed.name_on(Channel.SMS) == "Ruiz"


@pytest.mark.parametrize(
    "name",
    [
        "Cli\u0301nica Ruiz, S.L.",
        "\u202eClínica\u202c Ruiz, S.L.",
        "Clínica\u200b Ruiz, S.L.\ufeff",
    ],
)
def test_the_same_name_in_other_code_points_is_the_same_clinic(name: str, clinic: Clinic) -> None:
    again = clinic.service.do(CreateClinic(name=name, time_zone="Europe/Lisbon", country="PT"))

    assert isinstance(again, ClinicRecord)
    assert again.id == clinic.record.id


@pytest.mark.parametrize(
    "sender",
    [
        {"channel": Channel.SMS, "most_parts": 0},
        {"channel": Channel.SMS, "most_parts": -1},
        {"channel": Channel.EMAIL, "most_parts": 3},
    ],
)
def test_a_sender_states_a_number_of_parts_for_texts_alone(
    sender: dict[str, Any], clinic: Clinic
) -> None:
    is_sms = sender["channel"] is Channel.SMS
    provider, address = ("twilio", OURS) if is_sms else ("smtp", "care@clinic.example")
    add = AddSender(clinic_id=clinic.record.id, provider=provider, address=address, **sender)

    assert isinstance(clinic.service.do(add), Refusal)
