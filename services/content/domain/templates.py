"""The part of Jinja that message templates may use, and samples of them filled in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from services.contracts.durations import parse_duration

# A message's length is checked with these: long values of a clinic, and the longest dates and
# times in any place where the language is read.
_SAMPLE: Final[dict[str, Any]] = {
    "clinic_name": "Northside Clinic on Main",
    "clinic_phone": "+44 20 7946 0958",
    "emergency_number": "112",
    "patient_name": "Maximiliane",
    "clinic_hours": "Mon-Fri 9:30 AM-1:30 PM, 3:00 PM-7:30 PM; Sat 10:00 AM-2:00 PM",
    "out_of_hours": "Leave a message and the nurse on duty will call you back.",
    "procedure_date": "September 30, 2030",
    "visit_day": "on September 30",
    "end_of": lambda _: "10:40 PM on September 30",
}
_SPANISH: Final = _SAMPLE | {
    "clinic_hours": "lun-vie 9:30 am-1:30 pm, 3:00 pm-7:30 pm; sab 10:00 am-2:00 pm",
    "out_of_hours": "Deje un mensaje y la enfermera de guardia le llama.",
    "procedure_date": "30 de septiembre de 2030",
    "visit_day": "el 30 de septiembre",
    "end_of": lambda _: "el 30 de septiembre a las 10:40 pm",
}
_SAMPLES: Final = {"es": _SPANISH}
LONGEST_NAME: Final = len(_SAMPLE["clinic_name"])
LONGEST_HOURS: Final = len(_SAMPLE["clinic_hours"])
"""The most characters of a sender's name, and of the hours, with which every text fits."""

OPT_OUT_LINE: Final = " Responda STOP para darse de baja."
"""The longest line that the sender adds to an SMS. It counts; authors never write it."""

VARIABLES: Final = frozenset(_SAMPLE) - {"end_of"}
OPTIONAL: Final = frozenset({"patient_name", "clinic_hours", "out_of_hours"})
"""Variables that may be empty."""

_CACHED: Final = 4096
"""Texts. Several rules use each, and clinics' own values leave most of a plan unchanged."""

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

_MORE: Final[dict[type[nodes.Node], str]] = {
    nodes.Filter: "a | within braces",
    nodes.Getattr: "a dot within braces",
    nodes.Getitem: "a bracket within braces",
    nodes.For: "a loop",
    nodes.Assign: "{% set %}",
    nodes.Compare: "a comparison",
}


def template_faults(text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what the sender could not fill in, which is nothing if the template is sound.

    `extra` has the variables that this one may show besides those of every message.
    """
    return _faults(text, VARIABLES.union(extra))


@lru_cache(_CACHED)
def _faults(text: str, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(_find_faults(text, names))


def _find_faults(text: str, names: frozenset[str]) -> Iterator[str]:
    try:
        tree = _parsed(text)
    except TemplateSyntaxError:
        yield "the braces are wrong; write {{ name }}, or {% if name %} … {% endif %}"
        return
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in [tree, *tree.find_all(nodes.Node)]:
        if not isinstance(node, _ALLOWED):
            problem = _MORE.get(type(node), "what stands in these braces")
            yield f"{problem} is more than a message may use; write it out"
        elif isinstance(node, nodes.Name) and id(node) not in called:
            yield from _unknown_name(node.name, names)
        elif isinstance(node, nodes.Call):
            yield from _bad_call(node)


@lru_cache(_CACHED)
def names_used(text: str) -> frozenset[str]:
    """The variables that a sound template shows whatever their values are."""
    tree = _parsed(text)
    shown = [node for node in tree.body if isinstance(node, nodes.Output)]
    return frozenset(name.name for output in shown for name in output.find_all(nodes.Name))


def names_shown(text: str) -> frozenset[str]:
    """The variables that a sound template shows if they have values."""
    shown = _parsed(text).find_all(nodes.Output)
    return frozenset(name.name for output in shown for name in output.find_all(nodes.Name))


def waits_named(text: str) -> tuple[timedelta, ...]:
    """The durations of all `end_of` calls in a sound template, shortest first."""
    calls = _parsed(text).find_all(nodes.Call)
    named = (call.args[0].value for call in calls if isinstance(call.args[0], nodes.Const))
    return tuple(sorted(parse_duration(duration) for duration in named))


def filled_in(
    text: str, locale: str, extra: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Fill in a sound template with the longest values, with and without the optional ones."""
    values = _SAMPLES.get(locale.partition("-")[0], _SAMPLE) | dict(extra)
    yield _template(text).render(values)
    yield _template(text).render(values | dict.fromkeys(OPTIONAL, ""))


@lru_cache(maxsize=_CACHED)
def _parsed(text: str) -> nodes.Template:
    return _environment().parse(text)


@lru_cache(maxsize=_CACHED)
def _template(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _unknown_name(name: str, names: Collection[str]) -> Iterator[str]:
    if name in names:
        return
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(names))}"
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
