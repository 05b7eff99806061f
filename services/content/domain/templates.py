"""The small part of Jinja that message templates may use, and what they look like filled in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from services.content.domain.durations import parse_duration

# As long as a clinic's values are likely to be: a message's length is judged with these.
_SAMPLE: Final[dict[str, Any]] = {
    "clinic_name": "Northside Clinic on Main",
    "clinic_phone": "+44 20 7946 0958",
    "emergency_number": "112",
    "patient_name": "Maximiliane",
    "procedure_date": "30 September 2030",
    "end_of": lambda _: "15:40 on 30 September",
}
_TEMPLATES_KEPT: Final = 4096
"""Several rules ask about the same text, and to parse it is most of what a check costs."""

VARIABLES: Final = frozenset(_SAMPLE) - {"end_of"}

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


def template_faults(text: str, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """What a sender could not fill in; nothing when the template is sound.

    `extra`: variables that this one may show besides those of every message.
    """
    return _faults(text, VARIABLES.union(extra))


@lru_cache(_TEMPLATES_KEPT)
def _faults(text: str, known: frozenset[str]) -> tuple[str, ...]:
    return tuple(_found_faults(text, known))


def _found_faults(text: str, known: frozenset[str]) -> Iterator[str]:
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        yield f"not a template: {error.message}; correct the braces"
        return
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for node in [tree, *tree.find_all(nodes.Node)]:
        if not isinstance(node, _ALLOWED):
            yield f"{type(node).__name__} is more than a message may use; write it out"
        elif isinstance(node, nodes.Name) and id(node) not in called:
            yield from _unknown_name(node.name, known)
        elif isinstance(node, nodes.Call):
            yield from _bad_call(node)


@lru_cache(_TEMPLATES_KEPT)
def names_used(text: str) -> frozenset[str]:
    """The variables of a sound template that it always shows, whatever their values."""
    tree = _environment().parse(text)
    shown = [node for node in tree.body if isinstance(node, nodes.Output)]
    return frozenset(name.name for output in shown for name in output.find_all(nodes.Name))


def filled_in(text: str, extra: Mapping[str, str] = MappingProxyType({})) -> str:
    """A sound template with every value about as long as it gets."""
    return _environment().from_string(text).render(_SAMPLE | dict(extra))


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
