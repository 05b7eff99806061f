import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.patients import ListPatients, PatientPage, UpdatePatient
from services.contracts.words import Mode
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import contact_point
from tests.support.reminders.aftercare import EMAIL, PHONE, Clinic

OTHER = "+351934567890"


def listed(
    clinic: Clinic, search: str | None = None, *, limit: int = 10, after: int | None = None
) -> PatientPage:
    return clinic.service.ask(
        ListPatients(scope=clinic.scope(), search=search, limit=limit, after=after)
    )


def test_lists_pages_newest_first_without_gaps(clinic: Clinic) -> None:
    ids = [clinic.register().id for _ in range(3)]

    first = listed(clinic, limit=2)
    rest = listed(clinic, limit=2, after=first.items[-1].id)

    assert ([item.id for item in first.items], first.has_more) == ([ids[2], ids[1]], True)
    assert ([item.id for item in rest.items], rest.has_more) == ([ids[0]], False)


@pytest.mark.parametrize(
    "search", ["R-1", PHONE, "912 345 678", "ana@EXAMPLE.com", "ANA@example.com"]
)
def test_finds_by_exact_reference_phone_or_email(clinic: Clinic, search: str) -> None:
    patient = clinic.register(reference="R-1")
    clinic.register(phone=OTHER, email="bea@example.com")

    assert [item.id for item in listed(clinic, search).items] == [patient.id]


@pytest.mark.parametrize("search", ["Ana", "R", "91234567", "ana", ""])
def test_finds_nothing_by_a_part_or_a_name(clinic: Clinic, search: str) -> None:
    clinic.register(reference="R-1")

    assert listed(clinic, search).items == ()


def test_everybody_with_a_shared_phone_is_found(clinic: Clinic) -> None:
    ids = {clinic.register(email=f"{number}@example.com").id for number in range(2)}

    assert {item.id for item in listed(clinic, PHONE).items} == ids


def test_an_email_is_found_in_any_case_and_kept_as_it_was_spelled(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    patient = clinic.register(phone=None, email="Ana.Silva@example.com", consents=())

    assert [item.id for item in listed(clinic, "ana.silva@example.com").items] == [patient.id]
    with engine.connect() as connection:
        sealed = connection.scalar(sa.select(contact_point.c.address_sealed))
    assert sealed
    assert vault.open_text(sealed, context=contexts.ADDRESS) == "Ana.Silva@example.com"


def test_an_address_that_was_replaced_finds_nobody(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.service.do(UpdatePatient(scope=clinic.scope(), patient_id=patient.id, phone=OTHER))

    assert listed(clinic, PHONE).items == ()
    assert [item.id for item in listed(clinic, OTHER).items] == [patient.id]


def test_patients_of_another_clinic_or_mode_are_not_listed(clinic: Clinic) -> None:
    clinic.register(scope=clinic.scope(mode=Mode.TEST))
    Clinic(clinic.service, "Other Clinic").register()

    assert listed(clinic).items == ()
    assert listed(clinic, EMAIL).items == ()
