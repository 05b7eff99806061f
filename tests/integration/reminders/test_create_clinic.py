from datetime import time
from typing import Any

import pytest

from services.contracts.catalog import Channel
from services.contracts.clock import AdvanceClock, ClockRecord, ShowClock
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ClinicChanged
from services.contracts.reminders import ClinicRecord, CreateClinic, GetClinics, ListClinics
from tests.support.aftercare import Clinic, Service


def create(service: Service, **changes: Any) -> ClinicRecord | Refusal:
    usual = {"name": "Alder Clinic", "time_zone": "America/Chicago", "country": "US"}
    return service.do(CreateClinic(**(usual | changes)))


def test_gives_what_is_not_stated(service: Service) -> None:
    made = create(service)

    assert isinstance(made, ClinicRecord)
    assert (made.locale, made.emergency_number, made.phone) == ("en", "911", None)
    assert (made.quiet_hours.start, made.quiet_hours.end) == (time(20), time(9))


def test_a_name_is_made_once(service: Service) -> None:
    assert create(service) == create(service, time_zone="Europe/Lisbon")
    assert service.count("clinic") == 1


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
        ({"time_zone": "GMT+3"}, ("time_zone",)),
        ({"country": "Portugal"}, ("country",)),
        ({"locale": "english"}, ("locale",)),
        ({"phone": "12"}, ("phone",)),
    ],
)
def test_names_what_is_wrong(
    service: Service, changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    refused = create(service, **changes)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.path) == (UserErrorCode.INVALID, path)


def test_announces_the_clinic(service: Service) -> None:
    made = create(service)

    assert isinstance(made, ClinicRecord)
    assert service.events == [ClinicChanged(clinic_id=made.id)]


def test_tells_clinics_by_id(clinic: Clinic) -> None:
    found = clinic.service.ask(GetClinics(ids=(10**9, clinic.record.id)))

    assert found == (None, clinic.record)


def test_lists_every_clinic(clinic: Clinic) -> None:
    other = Clinic(clinic.service, "Other Clinic")

    assert clinic.service.ask(ListClinics()) == (clinic.record, other.record)


def test_development_moves_the_clock(service: Service) -> None:
    before = service.ask(ShowClock()).product

    moved = service.do(AdvanceClock(seconds=86400))

    assert isinstance(moved, ClockRecord)
    assert 86400 <= (moved.product - before).total_seconds() < 86460


@pytest.mark.parametrize("seconds", [-1.0, 1e12, float("nan")])
def test_the_clock_never_goes_back_or_out_of_sight(service: Service, seconds: float) -> None:
    refused = service.do(AdvanceClock(seconds=seconds))

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.INVALID
