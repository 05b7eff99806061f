"""Rules for conditions that somebody decides on, or patients are asked about, beforehand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from services.content.domain.faults import Fault
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import ConditionEntry, PlanSource, PlanStepSource
from services.content.domain.step_times import readable_due
from services.contracts.catalog import StepKind

_ASKED_WITHIN: Final = timedelta(days=3)
"""Time before the procedure. After an earlier question, a cold sore may still come up."""


def conditions_are_decided_on(locale: Locale) -> Faults:
    """A condition with `needs_decision` must be a clinician's task before the procedure."""
    for name, plan in locale.plans():
        decided = {
            code
            for step in plan.steps
            if step.kind is StepKind.CLINICIAN_TASK and _lead(step) > timedelta(0)
            for code in step.decides
        }
        for code in _conditions(locale, plan, lambda entry: entry.needs_decision):
            if code not in decided:
                problem = f"nobody decides on {code} before; add a CLINICIAN_TASK that `decides` it"
                yield Fault(name, ("steps",), problem)


def conditions_are_asked_again(locale: Locale) -> Faults:
    """Patients must be asked about `asked_again` conditions shortly before the procedure."""
    for name, plan in locale.plans():
        codes = {
            code
            for step in plan.steps
            if step.kind is StepKind.PREPARE and timedelta(0) < _lead(step) <= _ASKED_WITHIN
            for code in step.asks
        }
        for code in _conditions(locale, plan, lambda entry: entry.asked_again):
            if code not in codes:
                problem = (
                    f"nobody asks about {code} in the last {_ASKED_WITHIN.days} days; "
                    "add a PREPARE step that `asks`"
                )
                yield Fault(name, ("steps",), problem)


def _conditions(
    locale: Locale, plan: PlanSource, is_wanted: Callable[[ConditionEntry], bool]
) -> Iterator[str]:
    """Contraindications of the plan's procedures, without unknown ones."""
    procedures = locale.catalog.procedures_of(plan)
    codes = dict.fromkeys(e.code for procedure in procedures for e in procedure.contraindications)
    for code in codes:
        entry = locale.catalog.contraindications.get(code)
        if entry and is_wanted(entry):
            yield code


def _lead(step: PlanStepSource) -> timedelta:
    """How long before the procedure a step is due. Zero if that cannot be parsed."""
    return -(readable_due(step) or timedelta(0))
