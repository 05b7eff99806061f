"""Steps of one hour that together are longer than a provider carries."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from services.contracts.catalog import AftercareStep, Channel, MessageBody, StepMessages
from services.contracts.clinics import ChangeClinic
from services.contracts.reminders import ClinicRecord, ReminderRecord
from services.contracts.senders import AddSender, SenderRecord
from services.contracts.simulation import PlanAt, SimulateEnrollment
from services.contracts.sms.limits import CARRIED, SmsLimit, fits
from services.contracts.words import ReminderStatus
from tests.support.reminders.aftercare import NOW, OURS, PLAN, Clinic, step

PROCEDURE = NOW + timedelta(days=2)
STOP = "Reply STOP to opt out."


def long_step(key: str, length: int) -> AftercareStep:
    """A step whose text has about so many characters, and a red flag of its own."""
    advice = f"On {key}. " + "Keep it dry. " * (length // 13)
    body = MessageBody(text=f"{{{{ clinic_name }}}}: {advice}Call us if {key} hurts.", subject="S")
    bodies = StepMessages(discreet=body, detailed=body)
    return step(key, channels=(Channel.SMS,), messages={Channel.SMS: bodies})


def visit(clinic: Clinic, lengths: Sequence[int]) -> Sequence[ReminderRecord]:
    """The reminders of a visit with a procedure for each text."""
    patient = clinic.register()
    for number, length in enumerate(lengths):
        slug = f"plan-{number}"
        steps = (long_step(f"step {number}", length),)
        clinic.service.source.plans[slug] = msgspec.structs.replace(PLAN, slug=slug, steps=steps)
        clinic.enroll(patient.id, plan=slug, visit_reference="v1", procedure_at=PROCEDURE)
    return clinic.reminders()


def bodies(reminders: Sequence[ReminderRecord]) -> list[str]:
    return [item.body or "" for item in reminders if item.status is ReminderStatus.SCHEDULED]


@pytest.mark.parametrize(
    ("lengths", "messages"),
    [
        ([300, 300], 1),
        ([700, 700], 1),
        ([700, 700, 700], 2),
        ([900, 900], 2),
        ([1350, 120, 120], 2),
        ([400] * 4, 2),
    ],
)
def test_they_go_in_as_few_whole_messages_as_carry_them(
    lengths: list[int], messages: int, clinic: Clinic
) -> None:
    texts = bodies(visit(clinic, lengths))

    assert len(texts) == messages
    assert all(fits(text, CARRIED) for text in texts)


@pytest.mark.parametrize("lengths", [[700, 700, 700], [900, 900], [400] * 4])
def test_each_names_the_clinic_its_red_flags_and_the_way_out(
    lengths: list[int], clinic: Clinic
) -> None:
    texts = bodies(visit(clinic, lengths))

    assert all(text.startswith("Rowan Clinic: ") and text.endswith(STOP) for text in texts)
    flags = [f"Call us if step {number} hurts." for number in range(len(lengths))]
    assert all(sum(flag in text for text in texts) == 1 for flag in flags)


@pytest.mark.parametrize("name", ["Клиника Роза", "光クリニック", "Clínica"])
def test_a_costly_name_leaves_less_room(name: str, clinic: Clinic) -> None:
    change = ChangeClinic(clinic_id=clinic.record.id, sms_name=name)
    assert isinstance(clinic.service.do(change), ClinicRecord)
    texts = bodies(visit(clinic, [400, 400]))

    assert len(texts) == 2
    assert all(fits(text, CARRIED) for text in texts)


def test_a_sender_that_carries_less_has_more_messages(clinic: Clinic) -> None:
    add = AddSender(
        clinic_id=clinic.record.id,
        channel=Channel.SMS,
        provider="twilio",
        address=OURS,
        most_parts=3,
    )
    assert isinstance(clinic.service.do(add), SenderRecord)
    texts = bodies(visit(clinic, [300, 300]))

    assert len(texts) == 2
    assert all(fits(text, SmsLimit(parts=3)) for text in texts)


def test_a_simulation_shows_the_same_messages(clinic: Clinic) -> None:
    texts = bodies(visit(clinic, [700, 700, 700]))
    plans = tuple(PlanAt(plan=f"plan-{number}", procedure_at=PROCEDURE) for number in range(3))
    shown = clinic.service.ask(
        SimulateEnrollment(scope=clinic.scope(), plans=plans, time_zone="Europe/Lisbon")
    )

    assert shown is not None
    assert sorted(item.body for item in shown if item.body) == sorted(texts)
