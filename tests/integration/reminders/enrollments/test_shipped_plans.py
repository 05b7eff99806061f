from datetime import timedelta

import pytest

from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.words import MessageDetail
from tests.support.content.catalog import shipped_release
from tests.support.reminders.aftercare import NOW, Clinic, consent

PLANS = [
    pytest.param(plan, id=f"{locale}-{plan.slug}")
    for locale, catalog in shipped_release().catalogs.items()
    for plan in catalog.plans
]


@pytest.mark.parametrize("plan", PLANS)
def test_every_step_of_a_shipped_plan_is_planned_and_has_a_text(
    clinic: Clinic, plan: AftercarePlan
) -> None:
    clinic.service.source.plans[plan.slug] = plan
    consents = [
        consent(channel, purpose=purpose, detail=MessageDetail.DETAILED)
        for channel in (Channel.SMS, Channel.EMAIL)
        for purpose in Purpose
    ]
    patient = clinic.register(
        locale=plan.served_locale, detail=MessageDetail.DETAILED, consents=tuple(consents)
    )

    clinic.enroll(patient.id, plan=plan.slug, procedure_at=NOW + timedelta(days=30))

    reminders = clinic.reminders(limit=200)
    assert {(reminder.step_key, reminder.channel) for reminder in reminders} == {
        (step.key, channel)
        for step in plan.steps
        if step.kind is not StepKind.CLINICIAN_TASK
        for channel in step.channels
    }
    assert [reminder.step_key for reminder in reminders if not reminder.body] == []
