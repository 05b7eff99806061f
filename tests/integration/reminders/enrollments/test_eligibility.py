import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.clinics import ChangeClinic, SuspendClinic
from services.contracts.errors import UserErrorCode
from services.contracts.reminders import ClinicRecord
from tests.support.reminders.aftercare import Clinic, Service

ABROAD = "+34612345678"


def suspend(clinic: Clinic, *, ended: bool = False) -> None:
    command = SuspendClinic(
        clinic_id=clinic.record.id, is_suspended=not ended, actor="op", reason="unpaid"
    )
    assert isinstance(clinic.service.do(command), ClinicRecord)


@pytest.fixture
def strict(engine: sa.Engine, vault: Vault) -> Clinic:
    return Clinic(Service(engine, vault, env="production"))


def test_production_enrolls_only_known_adults(strict: Clinic) -> None:
    refusals = strict.service.do(strict.enrollment(strict.register().id)).refusals

    assert [refusal.code for refusal in refusals] == [UserErrorCode.NOT_ELIGIBLE]


def test_an_adult_is_enrolled_in_production(strict: Clinic) -> None:
    assert strict.enroll(strict.register(is_adult=True).id).id


def test_a_minor_is_registered_nowhere(clinic: Clinic) -> None:
    refusals = clinic.service.do(clinic.registration(is_adult=False)).refusals

    assert [refusal.code for refusal in refusals] == [UserErrorCode.NOT_ELIGIBLE]


def test_development_enrolls_patients_of_unknown_age(clinic: Clinic) -> None:
    assert clinic.enroll(clinic.register(is_adult=None).id).id


def test_a_suspended_clinic_enrolls_nobody(clinic: Clinic) -> None:
    patient = clinic.register()
    suspend(clinic)

    answers = [
        clinic.service.do(clinic.registration()).refusals,
        clinic.service.do(clinic.enrollment(patient.id)).refusals,
    ]

    assert [[refusal.code for refusal in answer] for answer in answers] == [
        [UserErrorCode.NOT_ALLOWED]
    ] * 2
    suspend(clinic, ended=True)
    assert clinic.enroll(patient.id).id


def test_a_number_from_elsewhere_is_outside_coverage(clinic: Clinic) -> None:
    reply = clinic.service.do(clinic.registration(phone=ABROAD))

    assert [(refusal.code, refusal.path) for refusal in reply.refusals] == [
        (UserErrorCode.OUTSIDE_COVERAGE, ("phone",))
    ]


def test_a_country_that_the_clinic_serves_is_covered(clinic: Clinic) -> None:
    clinic.service.do(ChangeClinic(clinic_id=clinic.record.id, countries=("ES",)))

    assert clinic.register(phone=ABROAD).phone == ABROAD


def test_a_number_without_a_prefix_is_read_as_one_of_the_clinics_country(clinic: Clinic) -> None:
    assert clinic.register(phone="912 345 678").phone == "+351912345678"
