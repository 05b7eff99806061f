from datetime import time
from typing import Any

import pytest

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ClinicChanged
from services.contracts.operations import AdvanceClock, ClockRecord, ShowClock
from services.contracts.reminders import (
    ClinicRecord,
    CreateClinic,
    GetClinics,
    KeptClinic,
    ListClinics,
)
from tests.support.reminders.aftercare import Clinic, Service


def create(service: Service, **changes: Any) -> ClinicRecord | KeptClinic | Refusal:
    usual = {"name": "Alder Clinic", "time_zone": "America/Chicago", "country": "US"}
    return service.do(CreateClinic(**(usual | changes)))


def test_fills_in_defaults(service: Service) -> None:
    made = create(service)

    assert isinstance(made, ClinicRecord)
    assert (made.locale, made.emergency_number, made.phone) == ("en", "911", None)
    assert (made.quiet_hours.start, made.quiet_hours.end) == (time(20), time(9))


def test_a_name_is_unique(service: Service) -> None:
    assert create(service) == create(service)
    assert service.count("clinic") == 1


def test_an_existing_clinic_is_not_changed(service: Service) -> None:
    made = create(service, phone="(202) 555-0177")

    kept = create(
        service,
        time_zone="America/Denver",
        locale="es",
        phone="+12025550177",
        emergency_number="112",
    )

    assert isinstance(made, ClinicRecord)
    differing = ("time_zone", "locale", "emergency_number")
    assert kept == KeptClinic(clinic=made, differing=differing)
    assert service.ask(ListClinics()) == (made,)


def test_fields_left_out_do_not_differ(service: Service) -> None:
    made = create(service, phone="+12025550177", emergency_number="112")

    assert create(service) == made


def test_checks_the_input_even_if_the_clinic_exists(service: Service) -> None:
    create(service)

    refused = create(service, time_zone="Mars/Olympus")

    assert isinstance(refused, Refusal)
    assert refused.path == ("time_zone",)


def test_sends_from_the_addresses_of_the_settings(service: Service) -> None:
    made = create(service)

    assert isinstance(made, ClinicRecord)
    for channel, address in (
        (Channel.SMS, "+12025550100"),
        (Channel.EMAIL, "care@clinic.example"),
    ):
        assert service.count("sender", channel=channel, address=address, is_default=True) == 1


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": " "}, ("name",)),
        ({"name": "a" * 61}, ("name",)),
        ({"name": "Alder\nClinic"}, ("name",)),
        ({"name": "Alder\u2028Clinic"}, ("name",)),
        ({"time_zone": "GMT+3"}, ("time_zone",)),
        ({"country": "Portugal"}, ("country",)),
        ({"country": "ZZ"}, ("country",)),
        ({"locale": "english"}, ("locale",)),
        ({"locale": "en-us"}, ("locale",)),
        ({"phone": "12"}, ("phone",)),
        ({"phone": ""}, ("phone",)),
        ({"phone": "+351210000000"}, ("phone",)),
        ({"emergency_number": ""}, ("emergency_number",)),
        ({"emergency_number": "1"}, ("emergency_number",)),
        ({"emergency_number": "9111111"}, ("emergency_number",)),
        ({"emergency_number": "call 911"}, ("emergency_number",)),
        ({"emergency_number": "٩١١"}, ("emergency_number",)),
    ],
)
def test_names_the_invalid_field(
    service: Service, changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    refused = create(service, **changes)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.path) == (UserErrorCode.INVALID, path)


def test_a_new_clinic_is_announced(service: Service) -> None:
    made = create(service)

    assert isinstance(made, ClinicRecord)
    assert service.events == [ClinicChanged(clinic_id=made.id)]


def test_gets_clinics_by_id(clinic: Clinic) -> None:
    clinics = clinic.service.ask(GetClinics(ids=(10**9, clinic.record.id)))

    assert clinics == (None, clinic.record)


def test_every_clinic_is_listed(clinic: Clinic) -> None:
    other = Clinic(clinic.service, "Other Clinic")

    assert clinic.service.ask(ListClinics()) == (clinic.record, other.record)


def test_development_moves_the_clock(service: Service) -> None:
    before = service.ask(ShowClock()).product

    moved = service.do(AdvanceClock(seconds=86400))

    assert isinstance(moved, ClockRecord)
    assert 86400 <= (moved.product - before).total_seconds() < 86460


@pytest.mark.parametrize("seconds", [-1.0, 1e12, float("nan")])
def test_the_clock_never_goes_back_or_too_far(service: Service, seconds: float) -> None:
    refused = service.do(AdvanceClock(seconds=seconds))

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.INVALID
