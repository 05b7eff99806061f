"""Who decides what before a procedure, and what patients are asked once more."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from services.content.domain.faults import Fault
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import ConditionEntry, PlanSource, PlanStepSource
from services.content.domain.step_times import due
from services.contracts.catalog import StepKind

_ASKED_WITHIN: Final = timedelta(days=3)
"""Before the procedure: asked earlier, a sunburn or a cold sore may still come."""


def conditions_are_decided_on(locale: Locale) -> Faults:
    """What `needs_decision` is a clinician's task before the procedure, never a patient's."""
    for name, plan in locale.plans():
        decided = {
            code
            for step in plan.steps
            if step.kind is StepKind.CLINICIAN_TASK and _lead(step) > timedelta(0)
            for code in step.decides
        }
        for code in _conditions(locale, plan, lambda entry: entry.needs_decision):
            if code not in decided:
                what = f"nobody decides on {code} before; add a CLINICIAN_TASK that `decides` it"
                yield Fault(name, ("steps",), what)


def conditions_are_asked_again(locale: Locale) -> Faults:
    """What is `asked_again` may come about at any time, so patients are asked shortly before."""
    for name, plan in locale.plans():
        asked = {
            code
            for step in plan.steps
            if step.kind is StepKind.PREPARE and timedelta(0) < _lead(step) <= _ASKED_WITHIN
            for code in step.asks
        }
        for code in _conditions(locale, plan, lambda entry: entry.asked_again):
            if code not in asked:
                what = (
                    f"nobody asks about {code} in the last {_ASKED_WITHIN.days} days; "
                    "add a PREPARE step that `asks`"
                )
                yield Fault(name, ("steps",), what)


def _conditions(
    locale: Locale, plan: PlanSource, is_meant: Callable[[ConditionEntry], bool]
) -> Iterator[str]:
    """Codes against the plan's procedures, as far as both are known."""
    catalog = locale.catalog
    procedures = [catalog.procedures[s] for s in plan.procedures if s in catalog.procedures]
    codes = dict.fromkeys(each.code for p in procedures for each in p.contraindications)
    for code in codes:
        if (entry := catalog.contraindications.get(code)) and is_meant(entry):
            yield code


def _lead(step: PlanStepSource) -> timedelta:
    """How long before the procedure a step is due; zero when that cannot be read."""
    try:
        return -due(step)
    except ValueError:
        return timedelta(0)
