"""In production: a clinician reads a plan, signs it, and only then is a patient enrolled in it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.chassis.database import open_engine
from services.contracts.catalog import Channel
from services.contracts.check_ins import AddAlertContact
from services.contracts.words import AlertHours
from services.launcher.processes import wait_until
from services.launcher.programs import command
from services.reminders.check_ins.domain.alert import NewAlert
from tests.support.gateway.graphql import ENROLL, REGISTER, Gateway, consents
from tests.support.processes.process_stack import ROOT, ProcessStack, listens
from tests.support.reminders.units_of_work import unit_of_work

PLAN = "microdermabrasion-aftercare"
ADA = "Dr. Ada Example"
SECONDS = 60.0
PRODUCTION = {
    "AFTERGLOW_ENV": "production",
    "DATA_AGREEMENTS": "twilio=BAA-1, smtp=BAA-2",
    "POSTAL_ADDRESS": "1 Rowan Way, Albany, NY 12207",
}

READ = f"""
{{ aftercarePlan(slug: "{PLAN}") {{
  version contentHash steps {{ key }} clinicalReview {{ reviewer registration contentHash }} }} }}
"""
SIGN = """
mutation ($input: SignOffPlanInput!) { signOffPlan(input: $input) {
  review { reviewer } userErrors { code path message } } }
"""
PINNED = """
query ($id: ID!) { enrollment(id: $id) { plan { contentHash clinicalReview { reviewer } } } }
"""


@dataclass
class Story:
    """What was seen on the way, in this order; tests only look at it."""

    refused: list[Any] = field(default_factory=list)
    nobodys: list[Any] = field(default_factory=list)
    stale: list[Any] = field(default_factory=list)
    signed: Any = None
    read_after: Any = None
    read_by_nobody: Any = None
    enrolled: Any = None
    pinned: Any = None
    demo: str = ""


class House:
    """The three services in production, and what an operator types."""

    def __init__(self, processes: ProcessStack) -> None:
        self.processes = processes
        self.env = processes.env | PRODUCTION
        for name in ("content", "reminders", "gateway"):
            processes.afterglow(name, "serve", name, **PRODUCTION).start()
        assert wait_until(listens(processes.gateway), SECONDS)

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            command(*words), env=self.env, capture_output=True, text=True, timeout=SECONDS,
            check=False, cwd=ROOT,
        )  # fmt: skip

    def typed(self, *words: str) -> str:
        done = self.type(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def gateway(self, role: str, *more: str) -> Gateway:
        """With a new key of this role."""
        words = ("--clinic", "Rowan Clinic", "--role", role, "--kind", "live", *more)
        return Gateway(
            f"http://{self.processes.gateway}/graphql", self.typed("keys", "create", *words)
        )

    def prove_the_alert_chain(self) -> None:
        engine = open_engine(self.processes.postgres_url, application_name="test")
        with unit_of_work(engine, self.processes.vault) as uow:
            contact = uow.alert_contacts.put(
                AddAlertContact(
                    clinic_id=1,
                    tier=0,
                    hours=AlertHours.ALWAYS,
                    channel=Channel.SMS,
                    address="+12025550188",
                )
            )
            new = NewAlert(clinic_id=1, escalation_id=None, alert_contact_id=contact.id)
            alert_id = uow.alerts.add(new)
            assert alert_id is not None
            uow.alerts.confirm(1, alert_id, "Ana")
        engine.dispose()


def enroll(staff: Gateway, patient_id: str) -> Any:
    in_a_month = datetime.fromisoformat(staff.data("{ now }")["now"]) + timedelta(days=30)
    mutation_input = {
        "idempotencyKey": "e1",
        "patientId": patient_id,
        "plan": PLAN,
        "procedureAt": in_a_month.isoformat(),
    }
    return staff.data(ENROLL, input=mutation_input)["enrollPatient"]


def registered(staff: Gateway) -> str:
    mutation_input = {
        "idempotencyKey": "r1",
        "phone": "+12025550171",
        "isAdult": True,
        "consents": consents("SMS"),
    }
    reply = staff.data(REGISTER, input=mutation_input)["registerPatient"]
    assert reply["userErrors"] == []
    patient_id: str = reply["patient"]["id"]
    return patient_id


def live(house: House) -> Story:
    story = Story()
    house.typed("clinics", "create", "Rowan Clinic", "--zone", "America/New_York",
                "--country", "US", "--phone", "+12025550177")  # fmt: skip
    house.prove_the_alert_chain()
    house.typed("catalog", "publish")
    staff = house.gateway("STAFF")
    assert wait_until(lambda: staff.post(READ)["data"]["aftercarePlan"] is not None, SECONDS)
    patient_id = registered(staff)
    story.refused = enroll(staff, patient_id)["userErrors"]
    story.demo = house.type("catalog", "sign-off", "--clinic", "Rowan Clinic").stderr
    sign(house, story)
    story.read_by_nobody = Gateway(f"http://{house.processes.gateway}/graphql").data(READ)
    story.enrolled = enroll(staff, patient_id)
    assert story.enrolled["userErrors"] == []
    story.pinned = staff.data(PINNED, id=story.enrolled["enrollment"]["id"])["enrollment"]["plan"]
    return story


def sign(house: House, story: Story) -> None:
    clinician = house.gateway("CLINICIAN", "--person", ADA)
    read = clinician.data(READ)["aftercarePlan"]
    mutation_input = {
        "plan": PLAN,
        "version": read["version"],
        "contentHash": read["contentHash"],
        "registration": "R-12345",
    }
    nobodys = house.gateway("CLINICIAN")
    story.nobodys = nobodys.data(SIGN, input=mutation_input)["signOffPlan"]["userErrors"]
    other = mutation_input | {"contentHash": "0" * 64}
    story.stale = clinician.data(SIGN, input=other)["signOffPlan"]["userErrors"]
    story.signed = clinician.data(SIGN, input=mutation_input)["signOffPlan"]
    story.read_after = clinician.data(READ)["aftercarePlan"]


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with ProcessStack(is_durable=False) as processes:
        yield live(House(processes))


def test_nobody_is_enrolled_before(story: Story) -> None:
    [error] = story.refused
    assert error["code"] == "NOT_SIGNED_OFF"
    assert "signOffPlan" in error["message"]


def test_the_command_for_trying_things_out_signs_nothing(story: Story) -> None:
    assert "In production a clinician reads a plan and signs it" in story.demo


def test_a_key_that_names_nobody_cannot_sign(story: Story) -> None:
    assert [error["code"] for error in story.nobodys] == ["NOT_ALLOWED"]


def test_what_was_not_read_cannot_be_signed(story: Story) -> None:
    assert [(error["code"], error["path"]) for error in story.stale] == [("STALE", ["contentHash"])]


def test_a_clinician_signs_what_they_read(story: Story) -> None:
    assert story.signed == {"review": {"reviewer": ADA}, "userErrors": []}
    assert story.read_after["clinicalReview"] == {
        "reviewer": ADA,
        "registration": "R-12345",
        "contentHash": story.read_after["contentHash"],
    }


def test_nobody_else_sees_who_signed(story: Story) -> None:
    assert story.read_by_nobody["aftercarePlan"]["clinicalReview"] is None


def test_a_patient_is_enrolled_in_what_was_signed(story: Story) -> None:
    assert story.enrolled["userErrors"] == []
    assert story.pinned == {
        "contentHash": story.read_after["contentHash"],
        "clinicalReview": {"reviewer": ADA},
    }
