"""What whoever signs a plan off is given to read leaves nothing out that patients may get."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from services.contracts.catalog import AftercarePlan, Voice
from services.contracts.content import ClinicPlan, PlanReview, Problem
from services.launcher.plan_text import plan_text
from tests.support.content.catalog import shipped_release

PLANS = [plan for catalog in shipped_release().catalogs.values() for plan in catalog.plans]


def read(plan: AftercarePlan, **more: object) -> str:
    """As one line: what is laid out over several is the same text."""
    clinic_plan = msgspec.structs.replace(ClinicPlan(plan=plan, release="r1"), **more)
    return " ".join(plan_text(clinic_plan).split())


def texts_of(plan: AftercarePlan) -> Iterator[str]:
    yield from (plan.title, plan.summary)
    for step in plan.steps:
        yield from (block.text for block in step.body)
        yield from (flag.action for flag in step.seek_help_if)
        for messages in step.messages.values():
            for body in (messages.discreet, messages.detailed):
                yield from filter(None, (body.text, body.subject))
        if asked := step.check_in:
            replies = asked.replies
            for reply in (replies.green, replies.amber, replies.red, replies.unclear):
                yield from (reply.text, reply.subject)
            yield from (asked.question, *(option.label for option in asked.options))
            if asked.nudge.email:
                yield from (asked.nudge.email.text, asked.nudge.email.subject)
            yield asked.nudge.sms or ""


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.slug}-{plan.served_locale}")
def test_every_text_of_a_plan_is_there_to_be_read(plan: AftercarePlan) -> None:
    text = read(plan)

    assert [line for line in texts_of(plan) if " ".join(line.split()) not in text] == []


def test_says_what_is_signed_and_by_whom() -> None:
    plan = PLANS[0]
    review = PlanReview(
        reviewer="Dr. Ada Example",
        reviewed_at=datetime(2027, 3, 1, tzinfo=UTC),
        content_hash=plan.content_hash,
    )

    assert f"content hash {plan.content_hash}" in read(plan)
    assert "signed off by nobody yet" in read(plan)
    assert "signed off by Dr. Ada Example, 2027-03-01" in read(plan, review=review)


def test_names_the_clinics_own_values_and_what_does_not_fit() -> None:
    own = msgspec.structs.replace(PLANS[0], overlay_version=3, voice=Voice(phone="+12025550188"))
    conflict = Problem(where="own.yaml:4", what="no such step")

    assert "values of the clinic's own 3: +12025550188" in read(own)
    assert "DOES NOT FIT own.yaml:4: no such step" in read(own, conflicts=(conflict,))
