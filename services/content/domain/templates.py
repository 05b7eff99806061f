"""The small part of Jinja that message templates may use, and what they look like filled in."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from services.content.domain.durations import parse_duration

# As long as a clinic's values are likely to be: a message's length is judged with these.
_SAMPLE: Final[dict[str, Any]] = {
    "clinic_name": "Northside Clinic on Main",
    "clinic_phone": "+44 20 7946 0958",
    "clinic_hours": "Mon-Fri 09:00-13:00, 14:00-18:00; Sat 10:00-14:00",
    "emergency_number": "112",
    "patient_name": "Maximiliane",
    "procedure_date": "30 September 2030",
    "end_of": lambda _: "15:40 on 30 September",
}
LONGEST_NAME: Final = len(_SAMPLE["clinic_name"])
LONGEST_HOURS: Final = len(_SAMPLE["clinic_hours"])
"""Characters of a sender's name, and of the hours, with which every text still fits."""

VARIABLES: Final = frozenset(_SAMPLE) - {"end_of"}

_REMEMBERED: Final = 4096
"""Texts: several rules look at each, and clinics' own values leave most of a plan as it is."""

_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Call,
    nodes.If,
    nodes.Not,
)


def template_faults(text: str, extra: Collection[str] = ()) -> Iterator[str]:
    """What a sender could not fill in; nothing when the template is sound.

    `extra`: variables that this one may show besides those of every message.
    """
    try:
        tree = _parsed(text)
    except TemplateSyntaxError as error:
        yield f"not a template: {error.message}; correct the braces"
        return
    known = VARIABLES.union(extra)
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in [tree, *tree.find_all(nodes.Node)]:
        if not isinstance(node, _ALLOWED):
            yield f"{type(node).__name__} is more than a message may use; write it out"
        elif isinstance(node, nodes.Name) and id(node) not in called:
            yield from _unknown_name(node.name, known)
        elif isinstance(node, nodes.Call):
            yield from _bad_call(node)


def names_used(text: str) -> frozenset[str]:
    """The variables of a sound template that it always shows, whatever their values."""
    tree = _parsed(text)
    shown = [node for node in tree.body if isinstance(node, nodes.Output)]
    return frozenset(name.name for output in shown for name in output.find_all(nodes.Name))


def waits_named(text: str) -> tuple[timedelta, ...]:
    """The durations of every end_of in a sound template, shortest first."""
    calls = _parsed(text).find_all(nodes.Call)
    named = (call.args[0].value for call in calls if isinstance(call.args[0], nodes.Const))
    return tuple(sorted(parse_duration(each) for each in named))


def filled_in(text: str, extra: Mapping[str, str] = MappingProxyType({})) -> str:
    """A sound template with every value about as long as it gets."""
    return _template(text).render(_SAMPLE | dict(extra))


@lru_cache(maxsize=_REMEMBERED)
def _parsed(text: str) -> nodes.Template:
    return _environment().parse(text)


@lru_cache(maxsize=_REMEMBERED)
def _template(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _unknown_name(name: str, known: Collection[str]) -> Iterator[str]:
    if name in known:
        return
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
    yield f"unknown variable {name!r}; {hint}"


def _bad_call(call: nodes.Call) -> Iterator[str]:
    if not (isinstance(call.node, nodes.Name) and call.node.name == "end_of"):
        yield 'only end_of("PT24H") may be called in a message'
        return
    duration = call.args[0] if len(call.args) == 1 and not call.kwargs else None
    if not (isinstance(duration, nodes.Const) and isinstance(duration.value, str)):
        yield 'end_of takes one duration in quotes, such as end_of("PT24H")'
        return
    try:
        parse_duration(duration.value)
    except ValueError as fault:
        yield str(fault)
