"""Rules for when a plan's steps are due."""

import re
from datetime import timedelta
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import PlanStepSource
from services.content.domain.step_times import due, readable_due
from services.contracts.catalog import Purpose, StepKind
from services.contracts.durations import parse_duration

_LOCAL_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_EARLIEST: Final = "08:00"
_LATEST: Final = "21:00"
_KEY: Final = re.compile(r"day-(minus-)?(\d+)-[a-z0-9]+(?:-[a-z0-9]+)*")


def steps_have_one_due_time(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        if step.after is None and (step.day is None or step.at is None):
            problem = 'no due time; give `after: PT24H`, or `day: 3` with `at: "10:00"`'
            yield Fault(name, path, problem)
        elif step.after is not None and (step.day is not None or step.at is not None):
            yield Fault(name, path, "two due times; keep `after`, or `day` with `at`")


def durations_can_be_read(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        try:
            due(step)
        except ValueError as fault:
            yield Fault(name, (*path, "day" if step.after is None else "after"), str(fault))
        yield from _useful(name, (*path, "useful_for"), step)


def local_times_are_civil(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        if step.at is None:
            continue
        if not _LOCAL_TIME.fullmatch(step.at):
            yield Fault(name, (*path, "at"), f'{step.at!r} is no time; write it as "10:00"')
        elif not _EARLIEST <= step.at < _LATEST:
            problem = f"nobody is written to outside {_EARLIEST}-{_LATEST}; choose a time inside"
            yield Fault(name, (*path, "at"), problem)


def keys_start_with_their_day(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        match = _KEY.fullmatch(step.key)
        if match is None:
            hint = "write the day first, then words: day-3-back-to-sport, day-minus-7-gentle-care"
            yield Fault(name, (*path, "key"), f"{step.key!r} is no step's key; {hint}")
        elif (day := _day_of(step)) is not None:
            written = -int(match[2]) if match[1] else int(match[2])
            if written != day:
                yield Fault(name, (*path, "key"), f"the step is due on day {day}; name it so")


def preparation_comes_before(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        day = _day_of(step)
        if step.kind is StepKind.PREPARE and day is not None and day > 0:
            yield Fault(name, (*path, "kind"), "PREPARE is before the procedure; this is after it")
        elif step.kind in _AFTERWARDS and day is not None and day < 0:
            problem = f"{step.kind.value} is after the procedure; this is before it"
            yield Fault(name, (*path, "kind"), problem)


def purposes_match_kinds(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        expected = Purpose.MARKETING if step.kind is StepKind.REBOOK else Purpose.CARE
        if step.purpose is not expected:
            problem = f"a step of kind {step.kind.value} has the purpose {expected.value}"
            yield Fault(name, (*path, "purpose"), f"{problem}; write purpose: {expected.value}")


def intervals_tell_their_spread(locale: Locale) -> Faults:
    """Readers must learn that sources differ: one figure alone looks too certain."""
    for name, path, step in locale.steps():
        if step.kind in _OF_AN_INTERVAL and step.spread is None:
            problem = "the step does not say what sources say of its interval; add spread"
            yield Fault(name, path, problem)


def versions_count_from_one(locale: Locale) -> Faults:
    for name, plan in locale.plans():
        if plan.version < 1:
            yield Fault(name, ("version",), "versions count from 1; write version: 1")


_OF_AN_INTERVAL: Final = (StepKind.CARE, StepKind.FOLLOW_UP, StepKind.REBOOK)
_AFTERWARDS: Final = (StepKind.CARE, StepKind.CHECK_IN, StepKind.FOLLOW_UP, StepKind.REBOOK)


def _useful(name: str, path: Path, step: PlanStepSource) -> Faults:
    try:
        is_long_enough = parse_duration(step.useful_for) > timedelta(0)
    except ValueError as fault:
        yield Fault(name, path, str(fault))
    else:
        if not is_long_enough:
            problem = "a message must be useful for some time; write one such as PT12H"
            yield Fault(name, path, problem)


def _day_of(step: PlanStepSource) -> int | None:
    """The day a step is due on, counted from the procedure. None if it is unclear."""
    length = readable_due(step)
    if length is None or (step.after is None and step.day is None):
        return None
    return length // timedelta(days=1)
