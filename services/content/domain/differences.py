"""What changes from one release to another, told for the people who answer for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from services.contracts.catalog import AftercarePlan, Entry, LocalizedCatalog, Release
from services.contracts.content import Change

_NAMED_BY: Final = (
    "key",
    "slug",
    "code",
    "concern",
    "skin_type",
    "term",
    "name",
    "question",
    "partner",
)
"""What tells the items of a list apart, where they have it: moving one is then no change."""

_SHELVES: Final = (
    ("plan", "plans"),
    ("procedure", "procedures"),
    ("concern", "concerns"),
)
_LISTS: Final = (
    ("contraindication", "contraindications"),
    ("glossary", "glossary"),
    ("verdict", "verdicts"),
)
_UNTOLD: Final = frozenset({"content_hash", "overlay_version", "served_locale"})


def differences(before: Release, after: Release) -> tuple[Change, ...]:
    """Plans first: they are what patients are told. Nothing where nothing differs."""
    changes: list[Change] = []
    for locale in sorted(before.catalogs.keys() | after.catalogs.keys()):
        was, becomes = before.catalogs.get(locale), after.catalogs.get(locale)
        changes += _of_locale(locale, was, becomes)
    order = [kind for kind, _ in (*_SHELVES, *_LISTS, ("guidance", ""))]
    return tuple(sorted(changes, key=lambda each: (order.index(each.kind), each.slug)))


def plan_differences(
    was: Mapping[str, AftercarePlan], becomes: Mapping[str, AftercarePlan]
) -> tuple[Change, ...]:
    """What differs between two editions of a plan, by locale; a step that is gone is told once."""
    changes = []
    for locale, plan in sorted(becomes.items()):
        kept = {step.key for step in plan.steps}
        gone = tuple(step for step in was[locale].steps if step.key not in kept)
        steps = tuple(step for step in was[locale].steps if step.key in kept)
        before = msgspec.structs.replace(was[locale], steps=steps)
        told = [
            *((f"steps[{step.key}]", step.title, None) for step in gone),
            *_changed(msgspec.to_builtins(before), msgspec.to_builtins(plan)),
        ]
        changes += [
            Change(locale=locale, kind="plan", slug=plan.slug, path=path, was=one, becomes=other)
            for path, one, other in told
        ]
    return tuple(changes)


def _of_locale(
    locale: str, was: LocalizedCatalog | None, becomes: LocalizedCatalog | None
) -> Iterator[Change]:
    for kind, shelf in _SHELVES:
        old, new = _entries(was, shelf), _entries(becomes, shelf)
        for slug in sorted(old.keys() | new.keys()):
            for path, one, other in _changed(old.get(slug), new.get(slug)):
                yield Change(locale=locale, kind=kind, slug=slug, path=path, was=one, becomes=other)
    for kind, name in (*_LISTS, ("guidance", "guidance")):
        for path, one, other in _changed(_plain(was, name), _plain(becomes, name)):
            yield Change(locale=locale, kind=kind, slug="", path=path, was=one, becomes=other)


def _entries(catalog: LocalizedCatalog | None, shelf: str) -> dict[str, Any]:
    entries: Sequence[Entry] = getattr(catalog, shelf) if catalog else ()
    return {entry.slug: msgspec.to_builtins(entry) for entry in entries}


def _plain(catalog: LocalizedCatalog | None, name: str) -> Any:  # noqa: ANN401 - whatever it is
    return msgspec.to_builtins(getattr(catalog, name)) if catalog else None


def _changed(was: object, becomes: object) -> Iterator[tuple[str, str | None, str | None]]:
    old, new = dict(_leaves("", was)), dict(_leaves("", becomes))
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            yield path, old.get(path), new.get(path)


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every plain value with the way to it; what is empty has no leaves."""
    match value:
        case None:
            return
        case Mapping():
            for key, each in value.items():
                if key not in _UNTOLD:
                    yield from _leaves(f"{path}.{key}" if path else str(key), each)
        case list() | tuple():
            for key, each in _named(value):
                yield from _leaves(f"{path}[{key}]", each)
        case _:
            yield path, str(value)


def _named(items: Iterable[object]) -> Iterator[tuple[str, object]]:
    for number, item in enumerate(items):
        name = number
        if isinstance(item, Mapping):
            name = next((item[field] for field in _NAMED_BY if field in item), number)
        yield str(name), item
