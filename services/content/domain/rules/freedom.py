"""Rules for what an author lets clinics change in a plan: it must never be less safe."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.rules.safety import is_day_0
from services.content.domain.source import ClinicsMay, PlanStepSource
from services.content.domain.step_times import due, readable_due, span
from services.contracts.catalog import StepKind


def freedom_fits_the_step(locale: Locale) -> Faults:
    """The limits must use the unit of the step's time, and enclose it."""
    for name, path, step, may in _steps(locale):
        fitting, other = ("earliest", "latest"), ("earliest_day", "latest_day")
        if step.after is None:
            fitting, other = other, fitting
        for field in other:
            if getattr(may, field) is not None:
                problem = f"does not fit how the step is timed; write {' and '.join(fitting)}"
                yield Fault(name, (*path, field), problem)
        try:
            first, last = span(step)
        except ValueError as fault:
            yield Fault(name, path, str(fault))
        else:
            if not first <= due(step) <= last:
                problem = "the step's own time lies outside; let what clinics may do enclose it"
                yield Fault(name, path, problem)


def freedom_is_never_less_safe(locale: Locale) -> Faults:
    for name, path, step, _ in _steps(locale):
        try:
            first, last = span(step)
        except ValueError:
            continue
        if problem := _less_safe(step, earlier=first < due(step), later=last > due(step)):
            yield Fault(name, path, problem)


def what_keeps_patients_safe_stays(locale: Locale) -> Faults:
    for name, path, step, may in _steps(locale):
        if may.leave_out and (reason := _why_it_stays(step)):
            yield Fault(name, (*path, "leave_out"), f"{reason}; it may not be left out")


RULES: Final[tuple[Callable[[Locale], Faults], ...]] = (
    freedom_fits_the_step,
    freedom_is_never_less_safe,
    what_keeps_patients_safe_stays,
)


def _less_safe(step: PlanStepSource, *, earlier: bool, later: bool) -> str | None:
    if (earlier or later) and (is_day_0(step) or step.kind is StepKind.CHECK_IN):
        return "patients are told or asked of red flags then; clinics may not move it"
    if later and due(step) < timedelta(0):
        return "a preparation begun later is less careful; let clinics move it earlier only"
    if earlier and step.kind is StepKind.CARE:
        return "care may end a wait, and sooner is less careful; let clinics move it later only"
    return None


def _why_it_stays(step: PlanStepSource) -> str | None:
    if is_day_0(step) or step.kind is StepKind.CHECK_IN:
        return "patients are told or asked of red flags then"
    if step.seek_help_if:
        return "the step names red flags"
    if step.decides or step.asks:
        return "the step finds out what may rule the procedure out"
    if step.kind is StepKind.CARE and step.after is not None:
        return "the step ends a wait that is meant in hours"
    return None


def _steps(locale: Locale) -> Iterator[tuple[str, Path, PlanStepSource, ClinicsMay]]:
    """Yield steps that clinics may change. Other rules report times that cannot be parsed."""
    for name, path, step in locale.steps():
        if step.clinics_may and readable_due(step) is not None:
            yield name, (*path, "clinics_may"), step, step.clinics_may
