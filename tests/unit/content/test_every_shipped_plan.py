"""What every plan that ships holds to, whichever procedure it follows."""

import re
from datetime import timedelta

import pytest

from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Procedure, StepKind
from services.contracts.durations import parse_duration
from tests.support.content.catalog import shipped_release

CATALOG = shipped_release().catalogs["en"]
PLANS = {plan.slug: plan for plan in CATALOG.plans}
PROCEDURES = {procedure.slug: procedure for procedure in CATALOG.procedures}
FAMILIES = {procedure.parent for procedure in PROCEDURES.values()} - {None}
WITHOUT_A_PLAN = {"deep-chemical-peel"}
"""On purpose: whoever did the peel writes its care."""

NO_SERIES = {"dermabrasion-aftercare", "ablative-laser-aftercare", "microdermabrasion-aftercare"}
"""Nothing read says when, or whether, these are done again."""

OPENS_THE_SKIN = {"dermabrasion-aftercare", "ablative-laser-aftercare"}
DRUG = re.compile(r"\w+(?:cyclovir|ciclovir|cycline|caine)\b|\b\d+ ?mg\b", re.IGNORECASE)


def bodies(plan: AftercarePlan) -> list[str]:
    return [
        body.text
        for step in plan.steps
        for messages in step.messages.values()
        for body in (messages.discreet, messages.detailed)
    ]


def day_0(plan: AftercarePlan) -> AftercareStep:
    return next(step for step in plan.steps if step.key == "day-0-what-to-expect")


def procedures_of(plan: AftercarePlan) -> list[Procedure]:
    return [PROCEDURES[slug] for slug in plan.procedures]


def due(step: AftercareStep) -> timedelta:
    if step.after is not None:
        return parse_duration(step.after)
    return timedelta(days=step.day or 0)


def test_every_procedure_has_one_plan_but_the_deep_peel() -> None:
    followed = sorted(slug for plan in PLANS.values() for slug in plan.procedures)

    assert followed == sorted(PROCEDURES.keys() - FAMILIES - WITHOUT_A_PLAN)


@pytest.mark.parametrize("slug", WITHOUT_A_PLAN)
def test_a_procedure_without_a_plan_says_why(slug: str) -> None:
    assert any("no automatic reminders" in entry.question for entry in PROCEDURES[slug].faq)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_day_0_is_due_at_once_urgent_and_tells_every_red_flag(plan: AftercarePlan) -> None:
    step = day_0(plan)
    flags = {flag for procedure in procedures_of(plan) for flag in procedure.red_flags}

    assert (step.after, step.urgent, set(step.seek_help_if)) == ("PT0S", True, flags)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_patients_are_written_to_on_both_channels(plan: AftercarePlan) -> None:
    written = [step for step in plan.steps if step.kind is not StepKind.CLINICIAN_TASK]

    assert all(set(step.channels) == {Channel.SMS, Channel.EMAIL} for step in written)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_somebody_decides_on_cold_sores_before(plan: AftercarePlan) -> None:
    step = next(step for step in plan.steps if step.key == "day-minus-3-cold-sore-decision")

    assert step.kind is StepKind.CLINICIAN_TASK


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_the_checker_insists_on_that_decision(plan: AftercarePlan) -> None:
    for procedure in procedures_of(plan):
        assert "COLD_SORE_HISTORY" in {
            contraindication.code for contraindication in procedure.contraindications
        }


@pytest.mark.parametrize("slug", OPENS_THE_SKIN)
def test_where_the_skin_is_opened_cover_is_decided_for_everybody(slug: str) -> None:
    step = next(step for step in PLANS[slug].steps if "cold-sore" in step.key)

    assert step.title == "Decide on antiviral cover"


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_patients_are_asked_what_is_new_two_days_before(plan: AftercarePlan) -> None:
    step = next(step for step in plan.steps if step.key == "day-minus-2-fit-for-the-visit")
    text = step.messages[Channel.EMAIL].detailed.text

    for reason in ("cold sore", "sunburn", "infection", "fever", "pregnant", "a new medicine"):
        assert reason in text


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_patients_are_asked_how_it_goes(plan: AftercarePlan) -> None:
    first = min(due(step) for step in plan.steps if step.kind is StepKind.CHECK_IN)

    assert timedelta(hours=24) <= first <= timedelta(hours=48)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_next_session_is_offered_only_where_there_is_one(plan: AftercarePlan) -> None:
    offered = any(step.kind is StepKind.REBOOK for step in plan.steps)

    assert offered is (plan.slug not in NO_SERIES)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_no_message_names_a_drug_or_a_dose(plan: AftercarePlan) -> None:
    assert not any(DRUG.search(body) for body in bodies(plan))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_steps_stand_in_the_order_they_are_due(plan: AftercarePlan) -> None:
    days = [due(step) // timedelta(days=1) for step in plan.steps]

    assert days == sorted(days)
