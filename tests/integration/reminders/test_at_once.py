from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from services.contracts.ask import Command
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import ClinicRecord, CreateClinic, EnrollmentReply, PatientReply
from tests.support.reminders.aftercare import Clinic, Service, consent

R = TypeVar("R")


def at_once(act: Callable[[], R], times: int = 4) -> list[R]:
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(act) for _ in range(times)]]


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


def all_at_once(clinic: Clinic, commands: Sequence[Command[R]]) -> list[R]:
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(clinic.service.do, commands))


def codes(replies: Sequence[PatientReply | EnrollmentReply]) -> list[UserErrorCode]:
    return [refusal.code for reply in replies for refusal in reply.refusals]


def test_one_reference_registers_one_patient_whatever_the_keys(clinic: Clinic) -> None:
    replies = all_at_once(clinic, [clinic.registration(reference="R-1") for _ in range(4)])

    assert codes(replies) == [UserErrorCode.CONFLICT] * 3
    assert clinic.service.count("patient", reference="R-1") == 1


def test_one_reference_is_given_to_one_patient(clinic: Clinic) -> None:
    numbers = [clinic.register().id for _ in range(4)]

    replies = all_at_once(
        clinic,
        [
            UpdatePatient(scope=clinic.scope(), patient_id=number, reference="R-1")
            for number in numbers
        ],
    )

    assert codes(replies) == [UserErrorCode.CONFLICT] * 3
    assert clinic.service.count("patient", reference="R-1") == 1


def test_one_reference_enrolls_once_whoever_the_patients(clinic: Clinic) -> None:
    numbers = [clinic.register().id for _ in range(4)]

    replies = all_at_once(
        clinic, [clinic.enrollment(number, reference="E-1") for number in numbers]
    )

    assert codes(replies) == [UserErrorCode.CONFLICT] * 3
    assert clinic.service.count("enrollment", reference="E-1") == 1


def test_one_name_makes_one_clinic(service: Service) -> None:
    command = CreateClinic(name="Alder Clinic", time_zone="Europe/Lisbon", country="PT")

    replies = at_once(lambda: service.do(command))

    assert len({made.id for made in replies if isinstance(made, ClinicRecord)}) == 1
    assert service.count("clinic") == 1
    assert service.count("sender") == 2
