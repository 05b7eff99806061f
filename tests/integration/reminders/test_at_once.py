from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from services.contracts.catalog import Channel
from services.contracts.reminders import ClinicRecord, CreateClinic
from tests.support.aftercare import Clinic, Service, consent

R = TypeVar("R")


def at_once(act: Callable[[], R], times: int = 4) -> list[R]:
    with ThreadPoolExecutor(times) as pool:
        return [one.result() for one in [pool.submit(act) for _ in range(times)]]


def test_one_key_registers_one_patient(clinic: Clinic) -> None:
    command = clinic.registration()

    replies = at_once(lambda: clinic.service.do(command))

    assert len({reply.patient.id for reply in replies if reply.patient}) == 1
    assert clinic.service.count("patient") == 1


def test_one_key_enrolls_once(clinic: Clinic) -> None:
    command = clinic.enrollment(clinic.register().id)

    replies = at_once(lambda: clinic.service.do(command))

    assert len({reply.enrollment.id for reply in replies if reply.enrollment}) == 1
    assert len(clinic.reminders()) == 6


def test_one_procedure_is_enrolled_once_whatever_the_keys(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))

    replies = at_once(lambda: clinic.service.do(clinic.enrollment(patient.id)))

    assert sum(reply.enrollment is not None for reply in replies) == 1
    assert clinic.service.count("enrollment") == 1


def test_one_name_makes_one_clinic(service: Service) -> None:
    command = CreateClinic(name="Alder Clinic", time_zone="Europe/Lisbon", country="PT")

    replies = at_once(lambda: service.do(command))

    assert len({made.id for made in replies if isinstance(made, ClinicRecord)}) == 1
    assert service.count("clinic") == 1
    assert service.count("sender") == 2
