"""In production, patients are asked how they are only if staff can be alerted."""

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.check_ins import AddAlertContact
from services.contracts.errors import UserErrorCode
from services.contracts.words import AlertHours
from services.reminders.check_ins.domain.alert import NewAlert
from tests.support.reminders.aftercare import PLAN, Clinic, Service
from tests.support.reminders.check_in_case import QUESTION
from tests.support.reminders.units_of_work import unit_of_work

ASKING = msgspec.structs.replace(
    PLAN,
    slug="asking",
    steps=(*PLAN.steps[:2], msgspec.structs.replace(PLAN.steps[2], check_in=QUESTION)),
)


def clinic_of(engine: sa.Engine, vault: Vault, env: str) -> Clinic:
    service = Service(engine, vault, env=env)
    service.source.plans[ASKING.slug] = ASKING
    return Clinic(service)


def enroll(clinic: Clinic, plan: str) -> list[UserErrorCode]:
    patient = clinic.register(is_adult=True)
    reply = clinic.service.do(clinic.enrollment(patient.id, plan=plan))
    return [refusal.code for refusal in reply.refusals]


def confirm_a_test(engine: sa.Engine, vault: Vault, clinic: Clinic) -> None:
    clinic_id = clinic.record.id
    with unit_of_work(engine, vault) as uow:
        contact = uow.alert_contacts.put(
            AddAlertContact(
                clinic_id=clinic_id,
                tier=0,
                hours=AlertHours.ALWAYS,
                channel=Channel.SMS,
                address="+351912345000",
            )
        )
        new = NewAlert(clinic_id=clinic_id, escalation_id=None, alert_contact_id=contact.id)
        alert_id = uow.alerts.add(new)
        assert alert_id is not None
        uow.alerts.confirm(clinic_id, alert_id, "Ana")


def test_a_plan_with_check_ins_needs_a_confirmed_test_alert(
    engine: sa.Engine, vault: Vault
) -> None:
    clinic = clinic_of(engine, vault, "production")

    assert enroll(clinic, ASKING.slug) == [UserErrorCode.NOT_ALLOWED]


def test_a_plan_with_check_ins_is_allowed_after_a_confirmed_test_alert(
    engine: sa.Engine, vault: Vault
) -> None:
    clinic = clinic_of(engine, vault, "production")
    confirm_a_test(engine, vault, clinic)

    assert enroll(clinic, ASKING.slug) == []


@pytest.mark.parametrize(("env", "plan"), [("production", PLAN.slug), ("development", "asking")])
def test_other_plans_and_development_need_no_test_alert(
    engine: sa.Engine, vault: Vault, env: str, plan: str
) -> None:
    assert enroll(clinic_of(engine, vault, env), plan) == []
