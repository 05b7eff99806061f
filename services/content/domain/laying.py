"""A clinic's own values, laid on the source of a plan: on nodes, so that every fault has a line."""

from collections.abc import Collection, Mapping

import msgspec
import yaml

from services.content.domain.faults import Fault
from services.content.domain.nodes import Document, compose
from services.content.domain.overlay_source import OverlayFile
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import PlanSource
from services.content.domain.translation import overlay

_WORDS = ("title", "summary", "steps", "check_in_texts")


class LaidPlan(msgspec.Struct, frozen=True):
    """One locale of a plan with a clinic's values; with faults, `plan` cannot be relied on."""

    slug: str
    plan: PlanSource
    document: Document
    faults: tuple[Fault, ...]


def plan_file(slug: str, locale: str = BASE_LOCALE) -> str:
    """Where a plan's source, or its translation, lies in a catalog's folder."""
    path = f"plans/{slug}.yaml"
    return path if locale == BASE_LOCALE else f"locales/{locale}/{path}"


def lay(files: Mapping[str, str], locale: str, values: OverlayFile) -> LaidPlan:
    """Lay the values over the plan they name, which is among the files.

    First come the clinic's own, then the locale's words, then the clinic's in that locale. Steps
    are left out last, for a translation names them too.
    """
    slug, name = values.source.plan, values.document.name
    node, faults = overlay(_node(files, plan_file(slug)), _of_the_plan(values.node), name)
    if locale != BASE_LOCALE and (words := plan_file(slug, locale)) in files:
        node, _ = overlay(node, _node(files, words), words)
        own = _at(_at(values.node, "locales"), locale)
        if own is not None:
            node, found = overlay(node, own, name)
            faults += found
    left_out = {key for key, step in values.source.steps.items() if step.leave_out}
    document = Document(plan_file(slug))
    plan = document.convert(_without(node, left_out), PlanSource)
    return LaidPlan(slug, plan, document, (*faults, *document.faults))


def _node(files: Mapping[str, str], path: str) -> yaml.Node:
    node, _ = compose(path, files[path])
    if node is None:
        raise ValueError(f"{path} was published, and cannot be read any more")
    return node


def _of_the_plan(values: yaml.Node) -> yaml.Node:
    """What of a clinic's values stands in a plan's own file too."""
    kept = [(key, value) for key, value in values.value if key.value in _WORDS]
    return _mapping(
        values,
        [(key, _times_and_words(v) if key.value == "steps" else v) for key, v in kept],
    )


def _times_and_words(steps: yaml.Node) -> yaml.Node:
    return _mapping(steps, [(key, _but(step, "leave_out")) for key, step in steps.value])


def _but(node: yaml.Node, name: str) -> yaml.Node:
    return _mapping(node, [(key, value) for key, value in node.value if key.value != name])


def _mapping(node: yaml.Node, pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.Node:
    return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)


def _at(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if node else ()
    return next((value for key, value in pairs if key.value == name), None)


def _without(plan: yaml.Node, keys: Collection[str]) -> yaml.Node:
    """A plan without the steps of these keys."""
    told = []
    for key, value in plan.value:
        told.append((key, _kept(value, keys) if key.value == "steps" else value))
    return _mapping(plan, told)


def _kept(steps: yaml.Node, left_out: Collection[str]) -> yaml.Node:
    kept = [step for step in steps.value if _key(step) not in left_out]
    return yaml.SequenceNode(steps.tag, kept, steps.start_mark, steps.end_mark)


def _key(step: yaml.Node) -> str:
    found = _at(step, "key")
    return str(found.value) if found else ""
