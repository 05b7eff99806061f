import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.reminders import FindPatient, GetPatients
from services.contracts.words import (
    ConsentState,
    ContactOwner,
    MessageDetail,
    Mode,
    Role,
    SuppressionReason,
)
from services.reminders.database.tables import contact_point, patient
from tests.support.reminders.aftercare import EMAIL, PHONE, Clinic, Service, consent


def test_registering_stores_every_field(clinic: Clinic) -> None:
    patient = clinic.register(
        reference="P-1",
        time_zone="America/New_York",
        region="US-NY",
        locale="es",
        channels=(Channel.SMS,),
        detail=MessageDetail.DETAILED,
        contact_owner=ContactOwner.CAREGIVER,
        is_adult=True,
    )

    (kept,) = clinic.service.ask(GetPatients(scope=clinic.scope(), ids=(patient.id,)))
    assert kept == patient
    assert (patient.reference, patient.display_name) == ("P-1", "Ana")
    assert (patient.phone, patient.email) == (PHONE, EMAIL)
    assert (patient.time_zone, patient.time_zone_stated) == ("America/New_York", True)
    assert (patient.region, patient.locale, patient.is_adult) == ("US-NY", "es", True)
    assert patient.preferences.channels == (Channel.SMS,)
    assert patient.preferences.detail is MessageDetail.DETAILED
    assert {point.owner for point in patient.contact_points} == {ContactOwner.CAREGIVER}


def test_the_clinics_zone_locale_and_hours_apply_by_default(clinic: Clinic) -> None:
    patient = clinic.register()

    assert (patient.time_zone, patient.time_zone_stated) == ("Europe/Lisbon", False)
    assert patient.locale == "en"
    assert patient.preferences.quiet_hours is None


def test_every_channel_with_an_address_is_wanted_by_default(clinic: Clinic) -> None:
    assert clinic.register(email=None, consents=()).preferences.channels == (Channel.SMS,)


def test_reads_a_number_without_prefix_as_one_of_the_clinics_country(clinic: Clinic) -> None:
    assert clinic.register(phone="912 345 678").phone == PHONE


def test_shows_addresses_masked(clinic: Clinic) -> None:
    points = clinic.register().contact_points

    assert [point.masked for point in points] == ["+351••••••678", "a•••@example.com"]


@pytest.mark.parametrize(
    ("role", "state"),
    [
        (Role.STAFF, ConsentState.GRANTED),
        (Role.CLINICIAN, ConsentState.GRANTED),
        (Role.ADMIN, ConsentState.GRANTED),
        (Role.FRONT_END, ConsentState.PENDING),
    ],
)
def test_only_staff_vouch_for_a_consent(clinic: Clinic, role: Role, state: ConsentState) -> None:
    patient = clinic.register(scope=clinic.scope(role=role))

    assert {entry.state for entry in patient.consents} == {state}


def test_the_same_key_and_input_give_the_same_patient(clinic: Clinic) -> None:
    command = clinic.registration()

    first, again = clinic.service.do(command), clinic.service.do(command)

    assert first.patient is not None
    assert first == again
    assert clinic.service.count("patient") == 1


def test_the_same_key_with_another_input_is_a_conflict(clinic: Clinic) -> None:
    clinic.register(idempotency_key="k")

    reply = clinic.service.do(clinic.registration(idempotency_key="k", display_name="Bea"))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.CONFLICT]


def test_a_key_of_one_mode_is_free_in_another(clinic: Clinic) -> None:
    live = clinic.register(idempotency_key="k")
    test = clinic.register(idempotency_key="k", scope=clinic.scope(mode=Mode.TEST))

    assert live.id != test.id


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"phone": "12"}, UserErrorCode.INVALID, ("phone",)),
        ({"email": "ana"}, UserErrorCode.INVALID, ("email",)),
        ({"time_zone": "GMT+3"}, UserErrorCode.INVALID, ("time_zone",)),
        ({"region": "Texas"}, UserErrorCode.INVALID, ("region",)),
        ({"region": "ZZ-99"}, UserErrorCode.INVALID, ("region",)),
        ({"region": "US-ZZ"}, UserErrorCode.INVALID, ("region",)),
        ({"time_zone": "EST"}, UserErrorCode.INVALID, ("time_zone",)),
        ({"time_zone": "US/Eastern"}, UserErrorCode.INVALID, ("time_zone",)),
        ({"locale": "english"}, UserErrorCode.INVALID, ("locale",)),
        ({"is_adult": False}, UserErrorCode.NOT_ELIGIBLE, ("is_adult",)),
        ({"idempotency_key": ""}, UserErrorCode.INVALID, ("idempotency_key",)),
        ({"idempotency_key": "k" * 201}, UserErrorCode.INVALID, ("idempotency_key",)),
        ({"display_name": "a" * 201}, UserErrorCode.INVALID, ("display_name",)),
        ({"reference": ""}, UserErrorCode.INVALID, ("reference",)),
        ({"channels": (Channel.OTHER,)}, UserErrorCode.INVALID, ("channels",)),
        (
            {"channels": (Channel.EMAIL,), "email": None, "consents": ()},
            UserErrorCode.REQUIRED,
            ("email",),
        ),
        (
            {"email": None, "consents": (consent(Channel.EMAIL),)},
            UserErrorCode.REQUIRED,
            ("consents", "0", "channel"),
        ),
        (
            {"consents": (consent(Channel.SMS, source=" "),)},
            UserErrorCode.REQUIRED,
            ("consents", "0", "source"),
        ),
    ],
)
def test_a_fault_is_reported_with_its_field(
    clinic: Clinic, changes: dict[str, object], code: UserErrorCode, path: tuple[str, ...]
) -> None:
    reply = clinic.service.do(clinic.registration(**changes))

    assert [(refusal.code, refusal.path) for refusal in reply.refusals] == [(code, path)]
    assert clinic.service.count("patient") == 0


def test_all_faults_are_reported_at_once(clinic: Clinic) -> None:
    reply = clinic.service.do(clinic.registration(phone="12", time_zone="GMT+3"))

    assert {refusal.path for refusal in reply.refusals} == {("phone",), ("time_zone",)}


def test_a_reference_belongs_to_one_patient(clinic: Clinic) -> None:
    first = clinic.register(reference="P-1")

    reply = clinic.service.do(clinic.registration(reference="P-1"))

    assert [(refusal.code, refusal.existing_id) for refusal in reply.refusals] == [
        (UserErrorCode.CONFLICT, first.id)
    ]


def test_a_public_form_gives_no_reference(clinic: Clinic) -> None:
    command = clinic.registration(reference="P-1", scope=clinic.scope(role=Role.FRONT_END))

    reply = clinic.service.do(command)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_ALLOWED]


def test_no_consent_is_recorded_for_an_address_that_opted_out(clinic: Clinic) -> None:
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    reply = clinic.service.do(clinic.registration())

    assert [(refusal.code, refusal.path) for refusal in reply.refusals] == [
        (UserErrorCode.OPTED_OUT, ("consents", "0"))
    ]


def test_a_public_form_is_not_told_who_opted_out(clinic: Clinic) -> None:
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    reply = clinic.service.do(clinic.registration(scope=clinic.scope(role=Role.FRONT_END)))

    assert reply.refusals == ()


def test_finds_a_patient_by_reference_within_clinic_and_mode(clinic: Clinic) -> None:
    patient = clinic.register(reference="P-1")
    other = Clinic(clinic.service, "Other Clinic")
    scopes = (clinic.scope(), clinic.scope(mode=Mode.TEST), other.scope())

    patients = clinic.service.ask_all(
        [FindPatient(scope=scope, reference="P-1") for scope in scopes]
    )

    assert [patient_ and patient_.id for patient_ in patients] == [patient.id, None, None]


def test_another_clinics_patient_is_answered_like_an_unknown_one(clinic: Clinic) -> None:
    patient = clinic.register()
    other = Clinic(clinic.service, "Other Clinic")

    patients = clinic.service.ask(GetPatients(scope=other.scope(), ids=(patient.id, 10**9)))

    assert patients == (None, None)


def test_names_and_addresses_are_stored_sealed(clinic: Clinic, engine: sa.Engine) -> None:
    clinic.register(display_name="Anastasia")

    with engine.connect() as connection:
        rows = [
            *connection.execute(sa.select(patient)),
            *connection.execute(sa.select(contact_point)),
        ]
    stored = repr(
        [
            tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
            for row in rows
        ]
    )
    assert not [text for text in ("Anastasia", PHONE, EMAIL, PHONE[1:]) if text in stored]


def test_two_patients_with_one_number_share_it(clinic: Clinic) -> None:
    clinic.register(email=None, consents=())

    second = clinic.register(email=None, consents=())

    assert [point.is_shared for point in second.contact_points] == [True]


def test_an_email_is_shared_in_whatever_case_it_is_spelled(clinic: Clinic) -> None:
    clinic.register(phone=None, consents=())

    second = clinic.register(phone=None, email=EMAIL.title(), consents=())

    assert [point.is_shared for point in second.contact_points] == [True]


def test_a_test_patient_shares_nothing_with_a_live_one(clinic: Clinic) -> None:
    clinic.register(email=None, consents=())

    test = clinic.register(email=None, consents=(), scope=clinic.scope(mode=Mode.TEST))

    assert [point.is_shared for point in test.contact_points] == [False]


def test_shows_why_an_address_is_not_used(clinic: Clinic, service: Service) -> None:
    service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.BOUNCE)

    patient = clinic.register(email=None, consents=())

    assert [point.suppressed for point in patient.contact_points] == [SuppressionReason.BOUNCE]
    assert [suppression.reason for suppression in patient.suppressions] == [
        SuppressionReason.BOUNCE
    ]


def test_a_public_form_is_told_nothing_about_addresses(clinic: Clinic, service: Service) -> None:
    clinic.register()
    service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.BOUNCE)

    shown = clinic.register(scope=clinic.scope(role=Role.FRONT_END))

    assert (shown.display_name, shown.phone, shown.email) == (None, None, None)
    assert (shown.contact_points, shown.suppressions) == ((), ())
