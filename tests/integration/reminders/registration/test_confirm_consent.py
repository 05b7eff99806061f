import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import UserErrorCode
from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import GetPatients, PatientReply, RecordConsent
from services.contracts.words import ConsentState, Role, SuppressionReason
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import consent_code, outbound
from tests.support.reminders.aftercare import PHONE, Clinic, Service, consent


class Form:
    """A web form of the clinic, with a publishable key, and what its patient's phone shows."""

    def __init__(self, clinic: Clinic, engine: sa.Engine, vault: Vault) -> None:
        self.clinic = clinic
        self._engine = engine
        self._vault = vault

    def register(self, **changes: Any) -> PatientReply:
        usual: dict[str, Any] = {
            "scope": self.clinic.scope(role=Role.FRONT_END),
            "consents": (consent(Channel.SMS),),
        }
        return self.clinic.service.do(self.clinic.registration(**(usual | changes)))

    def record(self, patient_id: int, **changes: Any) -> PatientReply:
        return self.clinic.service.do(
            RecordConsent(
                scope=self.clinic.scope(role=Role.FRONT_END),
                patient_id=patient_id,
                consent=consent(Channel.SMS, **changes),
            )
        )

    def confirm(self, patient_id: int, code: str, channel: Channel = Channel.SMS) -> PatientReply:
        scope = self.clinic.scope(role=Role.FRONT_END)
        return self.clinic.service.do(
            ConfirmConsent(scope=scope, patient_id=patient_id, channel=channel, code=code)
        )

    def messages(self) -> list[str]:
        with self._engine.connect() as connection:
            sealed = connection.execute(
                sa.select(outbound.c.body_sealed)
                .where(outbound.c.kind == "REPLY")
                .order_by(outbound.c.id)
            ).scalars()
            return [self._vault.open_text(row, context=contexts.BODY) for row in sealed if row]

    def codes(self) -> list[str]:
        return [code for text in self.messages() for code in re.findall(r"\b\d{6}\b", text)]

    def age(self, by: timedelta) -> None:
        """Let real time go by for the codes sent so far."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(consent_code).values(
                    sent_at=consent_code.c.sent_at - by, expires_at=consent_code.c.expires_at - by
                )
            )


@pytest.fixture
def form(clinic: Clinic, engine: sa.Engine, vault: Vault) -> Form:
    return Form(clinic, engine, vault)


def registered(form: Form, **changes: Any) -> int:
    reply = form.register(**changes)
    assert reply.patient, reply.refusals
    return reply.patient.id


def state_of(form: Form, patient_id: int) -> list[ConsentState]:
    (patient,) = form.clinic.service.ask(_get(form, patient_id))
    assert patient
    return [entry.state for entry in patient.consents if entry.is_current]


def _get(form: Form, patient_id: int) -> GetPatients:
    return GetPatients(scope=form.clinic.scope(), ids=(patient_id,))


def test_a_registration_by_form_sends_a_code_that_names_the_clinic(form: Form) -> None:
    registered(form)

    (text,) = form.messages()
    assert text.startswith("Rowan Clinic: ")
    assert re.search(r"\b\d{6}\b", text)
    assert "STOP" in text


def test_the_code_speaks_the_patients_language(form: Form) -> None:
    registered(form, locale="es-MX")

    assert "confirma que podemos escribirle" in form.messages()[0]


def test_the_code_grants_what_waits_and_verifies_the_address(form: Form) -> None:
    patient_id = registered(form)

    reply = form.confirm(patient_id, form.codes()[0])

    assert reply.refusals == ()
    assert state_of(form, patient_id) == [ConsentState.GRANTED]
    (patient,) = form.clinic.service.ask(_get(form, patient_id))
    assert patient
    assert [contact_point.verified_at is not None for contact_point in patient.contact_points] == [
        True,
        False,
    ]


def test_a_confirmed_consent_brings_its_reminders(form: Form) -> None:
    patient_id = registered(form, consents=(consent(Channel.SMS),))
    form.clinic.service.do(
        RecordConsent(
            scope=form.clinic.scope(), patient_id=patient_id, consent=consent(Channel.EMAIL)
        )
    )
    form.clinic.enroll(patient_id)

    form.confirm(patient_id, form.codes()[0])

    assert len(form.clinic.reminders(channel=Channel.SMS)) == 3


def test_a_code_is_good_once(form: Form) -> None:
    patient_id = registered(form)
    form.confirm(patient_id, form.codes()[0])

    assert _codes_of(form.confirm(patient_id, form.codes()[0])) == [UserErrorCode.INVALID]


def _codes_of(reply: PatientReply) -> list[UserErrorCode]:
    return [refusal.code for refusal in reply.refusals]


def test_a_wrong_code_grants_nothing(form: Form) -> None:
    patient_id = registered(form)
    wrong = f"{(int(form.codes()[0]) + 1) % 1_000_000:06}"

    assert _codes_of(form.confirm(patient_id, wrong)) == [UserErrorCode.INVALID]
    assert state_of(form, patient_id) == [ConsentState.PENDING]


def test_after_five_tries_the_right_code_is_wrong_too(form: Form) -> None:
    patient_id = registered(form)
    right = form.codes()[0]
    for _ in range(5):
        form.confirm(patient_id, "no code")

    assert _codes_of(form.confirm(patient_id, right)) == [UserErrorCode.INVALID]


def test_a_code_holds_for_ten_minutes(form: Form) -> None:
    patient_id = registered(form)
    form.age(timedelta(minutes=10, seconds=1))

    assert _codes_of(form.confirm(patient_id, form.codes()[0])) == [UserErrorCode.INVALID]


def test_a_newer_code_ends_the_older_one(form: Form) -> None:
    patient_id = registered(form)
    form.record(patient_id)
    old, new = form.codes()

    assert _codes_of(form.confirm(patient_id, old)) == [UserErrorCode.INVALID]
    assert form.confirm(patient_id, new).refusals == ()


def test_a_code_of_one_channel_does_not_confirm_another(form: Form) -> None:
    patient_id = registered(form, consents=(consent(Channel.SMS), consent(Channel.EMAIL)))
    text, mail = form.codes()

    assert _codes_of(form.confirm(patient_id, text, Channel.EMAIL)) == [UserErrorCode.INVALID]
    assert form.confirm(patient_id, mail, Channel.EMAIL).refusals == ()
    assert sorted(state_of(form, patient_id)) == [ConsentState.GRANTED, ConsentState.PENDING]


def test_an_unknown_patient_gives_the_same_reply_as_a_wrong_code(form: Form) -> None:
    patient_id = registered(form)

    assert form.confirm(999, "123456") == form.confirm(patient_id, "no code")


def test_a_patient_known_or_not_gets_three_codes_an_hour(form: Form) -> None:
    with_phone = registered(form)
    without = registered(form, phone=None, consents=(consent(Channel.EMAIL),))

    is_limited = {
        patient_id: [
            UserErrorCode.RATE_LIMITED in _codes_of(form.record(patient_id)) for _ in range(4)
        ]
        for patient_id in (with_phone, without, 999)
    }

    assert set(map(tuple, is_limited.values())) == {(False, False, False, True)}


def test_a_faulty_consent_is_refused_alike_for_a_patient_known_or_not(form: Form) -> None:
    patient_id = registered(form)

    assert form.record(patient_id, source=" ") == form.record(999, source=" ")


def test_a_number_gets_three_codes_an_hour_whoever_it_is_registered_for(form: Form) -> None:
    for _ in range(3):
        registered(form)

    assert _codes_of(form.register()) == [UserErrorCode.RATE_LIMITED]
    form.age(timedelta(hours=1))
    assert registered(form)


def test_a_key_sends_sixty_codes_an_hour(form: Form) -> None:
    for number in range(60):
        registered(form, phone=f"+3519123{number:05}", email=None)

    assert _codes_of(form.register(phone="+351912399999", email=None)) == [
        UserErrorCode.RATE_LIMITED
    ]


def test_an_address_that_opted_out_gets_no_code_and_nobody_is_told(
    form: Form, service: Service
) -> None:
    service.suppress(form.clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    patient_id = registered(form)

    assert form.messages() == []
    assert form.record(patient_id).refusals == ()


def test_staff_send_no_codes(form: Form) -> None:
    form.clinic.register()

    assert form.messages() == []


def test_a_code_confirms_every_purpose_that_waits(form: Form) -> None:
    patient_id = registered(
        form,
        consents=(consent(Channel.SMS), consent(Channel.SMS, purpose=Purpose.MARKETING)),
    )

    form.confirm(patient_id, form.codes()[0])

    assert state_of(form, patient_id) == [ConsentState.GRANTED, ConsentState.GRANTED]


def test_no_code_is_kept_in_the_clear(form: Form, engine: sa.Engine) -> None:
    registered(form)
    (code,) = form.codes()

    with engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "select row_to_json(c)::text from reminders.consent_code c union all"
                " select row_to_json(o)::text from reminders.outbound o"
            )
        ).scalars()
        assert not any(f'"{code}"' in row for row in rows)


def test_codes_are_deleted_when_no_limit_counts_them(form: Form, service: Service) -> None:
    registered(form)
    form.age(timedelta(days=1, seconds=1))

    registered(form)

    assert service.count("consent_code") == 1
