"""Applies a clinic's own values to the source of a plan.

It works on YAML nodes, so that every fault has a line.
"""

from collections.abc import Collection, Mapping

import msgspec
import yaml

from services.content.domain.faults import Fault
from services.content.domain.nodes import Document, compose
from services.content.domain.overlay_source import OverlayFile
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import PlanSource
from services.content.domain.translation import merge

_WORDS = ("title", "summary", "steps", "check_in_texts")


class AppliedPlan(msgspec.Struct, frozen=True):
    """One locale of a plan with a clinic's values. If there are faults, do not use `plan`."""

    slug: str
    plan: PlanSource
    document: Document
    faults: tuple[Fault, ...]


def plan_file(slug: str, locale: str = BASE_LOCALE) -> str:
    """Return the path of a plan's source, or of its translation, in a catalog's folder."""
    path = f"plans/{slug}.yaml"
    return path if locale == BASE_LOCALE else f"locales/{locale}/{path}"


def apply_overlay(files: Mapping[str, str], locale: str, values: OverlayFile) -> AppliedPlan:
    """Apply the values to the plan they name, which must be among the files.

    The clinic's values come first, then the locale's texts, then the clinic's texts in that locale.
    Steps are left out last, because a translation names them too.
    """
    slug, name = values.source.plan, values.document.name
    node, faults = merge(_node(files, plan_file(slug)), _of_the_plan(values.node), name)
    if locale != BASE_LOCALE and (words := plan_file(slug, locale)) in files:
        node, _ = merge(node, _node(files, words), words)
        own = _at(_at(values.node, "locales"), locale)
        if own is not None:
            node, more = merge(node, own, name)
            faults += more
    left_out = {key for key, step in values.source.steps.items() if step.leave_out}
    document = Document(plan_file(slug))
    plan = document.convert(_without(node, left_out), PlanSource)
    return AppliedPlan(slug, plan, document, (*faults, *document.faults))


def _node(files: Mapping[str, str], path: str) -> yaml.Node:
    node, _ = compose(path, files[path])
    if node is None:
        raise ValueError(f"{path} was published, and cannot be read any more")
    return node


def _of_the_plan(values: yaml.Node) -> yaml.Node:
    """Keep only those of a clinic's values that a plan's own file has too."""
    kept = [(key, value) for key, value in values.value if key.value in _WORDS]
    return _mapping(
        values,
        [(key, _times_and_words(v) if key.value == "steps" else v) for key, v in kept],
    )


def _times_and_words(steps: yaml.Node) -> yaml.Node:
    return _mapping(steps, [(key, _except(step, "leave_out")) for key, step in steps.value])


def _except(node: yaml.Node, name: str) -> yaml.Node:
    return _mapping(node, [(key, value) for key, value in node.value if key.value != name])


def _mapping(node: yaml.Node, pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.Node:
    return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)


def _at(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if node else ()
    return next((value for key, value in pairs if key.value == name), None)


def _without(plan: yaml.Node, keys: Collection[str]) -> yaml.Node:
    return _mapping(
        plan,
        [(key, _kept(v, keys) if key.value == "steps" else v) for key, v in plan.value],
    )


def _kept(steps: yaml.Node, left_out: Collection[str]) -> yaml.Node:
    kept = [step for step in steps.value if _key(step) not in left_out]
    return yaml.SequenceNode(steps.tag, kept, steps.start_mark, steps.end_mark)


def _key(step: yaml.Node) -> str:
    key = _at(step, "key")
    return str(key.value) if key else ""
