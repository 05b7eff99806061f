"""What changes from one release to another, for the people responsible for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

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
"""Fields that identify the items of a list, so that moving an item is no change."""

_ENTRIES: Final = (
    ("plan", "plans"),
    ("procedure", "procedures"),
    ("concern", "concerns"),
)
_LISTS: Final = (
    ("contraindication", "contraindications"),
    ("glossary", "glossary"),
    ("verdict", "verdicts"),
)
_IGNORED: Final = frozenset({"content_hash", "overlay_version", "served_locale"})
"""The plain text of a block with Markdown is ignored too: it would show each change twice."""
_TITLES: Final = ("title", "label", "term", "name", "question", "text", "code", "key", "concern")
"""Fields that name something new or gone. The first that it has is used."""


def differences(before: Release, after: Release) -> tuple[Change, ...]:
    """List what differs. Plans come first, because patients read them."""
    changes: list[Change] = []
    for locale in sorted(before.catalogs.keys() | after.catalogs.keys()):
        was, becomes = before.catalogs.get(locale), after.catalogs.get(locale)
        changes += _of_locale(locale, was, becomes)
    order = [kind for kind, _ in (*_ENTRIES, *_LISTS, ("guidance", ""))]
    return tuple(sorted(changes, key=lambda change: (order.index(change.kind), change.slug)))


def plan_differences(
    was: Mapping[str, AftercarePlan], becomes: Mapping[str, AftercarePlan]
) -> tuple[Change, ...]:
    changes: list[Change] = []
    for locale, plan in sorted(becomes.items()):
        page = Change(locale=locale, kind="plan", slug=plan.slug, path="", page=plan.title)
        changes += _changed(page, msgspec.to_builtins(was[locale]), msgspec.to_builtins(plan))
    return tuple(changes)


def _of_locale(
    locale: str, was: LocalizedCatalog | None, becomes: LocalizedCatalog | None
) -> Iterator[Change]:
    for kind, name in _ENTRIES:
        old_entries, new_entries = _entries(was, name), _entries(becomes, name)
        for slug in sorted(old_entries.keys() | new_entries.keys()):
            old, new = old_entries.get(slug), new_entries.get(slug)
            title = str((new or old or {}).get("title", ""))
            page = Change(locale=locale, kind=kind, slug=slug, path="", page=title)
            yield from _changed(page, old, new)
    for kind, name in (*_LISTS, ("guidance", "guidance")):
        shared = Change(locale=locale, kind=kind, slug="", path="")
        yield from _changed(shared, _plain(was, name), _plain(becomes, name))


def _entries(catalog: LocalizedCatalog | None, name: str) -> dict[str, Any]:
    entries: Sequence[Entry] = getattr(catalog, name) if catalog else ()
    return {entry.slug: msgspec.to_builtins(entry) for entry in entries}


def _plain(catalog: LocalizedCatalog | None, name: str) -> Any:  # noqa: ANN401 - any field
    return msgspec.to_builtins(getattr(catalog, name)) if catalog else None


def _changed(at: Change, was: object, becomes: object) -> Iterator[Change]:
    """Yield the differences below a place in the new order. What is gone comes last."""
    if was == becomes:
        return
    old, new = _parts(at.path, was), _parts(at.path, becomes)
    is_whole = at.path and (_is_nothing(was) or _is_nothing(becomes))
    if is_whole or old is None or new is None:
        yield replace(at, was=_title(was), becomes=_title(becomes))
        return
    for path in dict.fromkeys((*new, *old)):
        before, after = old.get(path), new.get(path)
        part = at.part or _step_title(path, after or before)
        yield from _changed(replace(at, path=path, part=part), before, after)


def _is_nothing(value: object) -> bool:
    return value is None or value in ([], {}, ())


def _parts(path: str, value: object) -> dict[str, object] | None:
    """Return the parts of a value by their paths, or None if it is a plain value."""
    match value:
        case None:
            return {}
        case Mapping():
            ignored = _IGNORED | {"text"} if "markdown" in value else _IGNORED
            return {
                f"{path}.{key}" if path else str(key): part
                for key, part in value.items()
                if key not in ignored
            }
        case list() | tuple():
            return {f"{path}[{key}]": part for key, part in _named(value)}
        case _:
            return None


def _title(value: object) -> str | None:
    """Return a plain value as it is, and the name of anything else."""
    match value:
        case Mapping():
            named = (value[field] for field in _TITLES if value.get(field))
            return str(next(named, None) or ", ".join(map(str, value.values())))
        case list() | tuple():
            return ", ".join(filter(None, map(_title, value))) or None
        case None:
            return None
        case _:
            return str(value)


def _step_title(path: str, value: object) -> str:
    """Return the title of a step of a plan or a procedure, and nothing for other values."""
    is_step = path.startswith("steps[") and path.endswith("]")
    return str(value.get("title", "")) if is_step and isinstance(value, Mapping) else ""


def _named(items: Iterable[object]) -> Iterator[tuple[str, object]]:
    for number, item in enumerate(items):
        name = number
        if isinstance(item, Mapping):
            name = next((item[field] for field in _NAMED_BY if field in item), number)
        yield str(name), item
