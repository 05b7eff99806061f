"""No shipped message counts days to or from the visit that may be other days when it is sent."""

import re
from pathlib import Path

import pytest
import yaml

from services.contracts.catalog import AftercareStep, Channel, MessageBody, StepKind
from tests.support.content.catalog import shipped_release

PLANS = Path(__file__).parents[3] / "services/content/catalog/plans"
_TO_THE_VISIT = re.compile(
    r"(?:day|week|month)s? (?:to|until) your|tomorrow"
    r"|(?:d[ií]as?|semanas?|mes|meses) para su|\bmañana es|(?:espera(?:mos)?|es) mañana",
    re.IGNORECASE,
)
_SINCE_THE_VISIT = re.compile(
    r"(?:day|week|month)s? (?:on\b|after (?:your|micro)|ha(?:s|ve) passed)|\bday \d after"
    r"|(?:d[ií]as?|semanas?|mes|meses) (?:tras (?:su|el)|después(?: de su|$))"
    r"|han pasado (?!los)|d[ií]a \d después",
    re.IGNORECASE,
)


def may_move(slug: str, key: str) -> bool:
    """Whether clinics may set the step's day or hours later."""
    steps = yaml.safe_load((PLANS / f"{slug}.yaml").read_text("utf-8"))["steps"]
    freedom = next(step for step in steps if step["key"] == key).get("clinics_may", {})
    return not {"latest", "latest_day"}.isdisjoint(freedom)


STEPS = [
    pytest.param(plan.slug, step, id=f"{locale}-{plan.slug}-{step.key}")
    for locale, catalog in shipped_release().catalogs.items()
    for plan in catalog.plans
    for step in plan.steps
]


def texts(step: AftercareStep) -> list[str]:
    bodies: list[MessageBody] = [
        body
        for channel in (Channel.SMS, Channel.EMAIL)
        if channel in step.messages
        for body in (step.messages[channel].discreet, step.messages[channel].detailed)
    ]
    return [text for body in bodies for text in (body.text, body.subject) if text]


@pytest.mark.parametrize(("slug", "step"), STEPS)
def test_before_a_visit_its_day_is_named(slug: str, step: AftercareStep) -> None:
    del slug
    counted = [text for text in texts(step) if _TO_THE_VISIT.search(text)]

    assert step.kind is not StepKind.PREPARE or counted == []


@pytest.mark.parametrize(("slug", "step"), STEPS)
def test_a_step_that_clinics_may_move_counts_no_time_since_the_visit(
    slug: str, step: AftercareStep
) -> None:
    counted = [text for text in texts(step) if _SINCE_THE_VISIT.search(text)]

    assert counted == [] or not may_move(slug, step.key)
