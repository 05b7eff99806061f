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
"""Beside these, the text that a block with markdown has: made of it, and would be told twice."""
_TITLES: Final = ("title", "label", "term", "name", "question", "text", "code", "key", "concern")
"""What a thing is called that is new or gone whole, by the first that it has."""


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
    """What differs between two editions of a plan, by locale."""
    return tuple(
        each.told(locale=locale, kind="plan", slug=plan.slug, page=plan.title)
        for locale, plan in sorted(becomes.items())
        for each in _changed("", "", msgspec.to_builtins(was[locale]), msgspec.to_builtins(plan))
    )


def _of_locale(
    locale: str, was: LocalizedCatalog | None, becomes: LocalizedCatalog | None
) -> Iterator[Change]:
    for kind, shelf in _SHELVES:
        old, new = _entries(was, shelf), _entries(becomes, shelf)
        for slug in sorted(old.keys() | new.keys()):
            one, other = old.get(slug), new.get(slug)
            page = str((other or one or {}).get("title", ""))
            for each in _changed("", "", one, other):
                yield each.told(locale=locale, kind=kind, slug=slug, page=page)
    for kind, name in (*_LISTS, ("guidance", "guidance")):
        for each in _changed("", "", _plain(was, name), _plain(becomes, name)):
            yield each.told(locale=locale, kind=kind, slug="", page="")


def _entries(catalog: LocalizedCatalog | None, shelf: str) -> dict[str, Any]:
    entries: Sequence[Entry] = getattr(catalog, shelf) if catalog else ()
    return {entry.slug: msgspec.to_builtins(entry) for entry in entries}


def _plain(catalog: LocalizedCatalog | None, name: str) -> Any:  # noqa: ANN401 - whatever it is
    return msgspec.to_builtins(getattr(catalog, name)) if catalog else None


class _Difference(msgspec.Struct, frozen=True):
    path: str
    part: str
    was: str | None
    becomes: str | None

    def told(self, *, locale: str, kind: str, slug: str, page: str) -> Change:
        return Change(
            locale=locale,
            kind=kind,
            slug=slug,
            path=self.path,
            page=page,
            part=self.part,
            was=self.was,
            becomes=self.becomes,
        )


def _changed(path: str, part: str, was: object, becomes: object) -> Iterator[_Difference]:
    """What differs, in the order in which it is now read; what is gone comes last."""
    if was == becomes:
        return
    if path and (_is_nothing(was) or _is_nothing(becomes)):
        yield _Difference(path, part, _title(was), _title(becomes))
        return
    old, new = _parts(path, was), _parts(path, becomes)
    if old is None or new is None:
        yield _Difference(path, part, _title(was), _title(becomes))
        return
    for each in dict.fromkeys((*new, *old)):
        one, other = old.get(each), new.get(each)
        yield from _changed(each, part or _step_title(each, other or one), one, other)


def _is_nothing(value: object) -> bool:
    return value is None or value in ([], {}, ())


def _parts(path: str, value: object) -> dict[str, object] | None:
    """What it is made of, by the way to it; None when it is a plain value."""
    match value:
        case None:
            return {}
        case Mapping():
            untold = _UNTOLD | {"text"} if "markdown" in value else _UNTOLD
            told = {str(key): each for key, each in value.items() if key not in untold}
            return {f"{path}.{key}" if path else key: each for key, each in told.items()}
        case list() | tuple():
            return {f"{path}[{key}]": each for key, each in _named(value)}
        case _:
            return None


def _title(value: object) -> str | None:
    """A plain value as it is; of anything else what it is called."""
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
    """Of a step of a plan or a procedure, and of nothing else."""
    is_step = path.startswith("steps[") and path.endswith("]")
    return str(value.get("title", "")) if is_step and isinstance(value, Mapping) else ""


def _named(items: Iterable[object]) -> Iterator[tuple[str, object]]:
    for number, item in enumerate(items):
        name = number
        if isinstance(item, Mapping):
            name = next((item[field] for field in _NAMED_BY if field in item), number)
        yield str(name), item
