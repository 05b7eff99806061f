"""Filtering, sorting and paging the procedures of an edition, by key and not by position."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from services.contracts.catalog import (
    Concern,
    Procedure,
    ProcedureFamily,
    SkinType,
    Standing,
)
from services.gateway.snapshot.snapshot import Edition, Page

T = TypeVar("T")

SortKey = tuple[str | int | float, ...]
"""Unique among the entries of a list, and of one shape within it: it is also the cursor."""


class ProcedureSort(StrEnum):
    TITLE = "TITLE"
    INVASIVENESS = "INVASIVENESS"
    DOWNTIME = "DOWNTIME"


@dataclass(frozen=True, slots=True)
class ProcedureFilter:
    """What is None does not filter. What is not known of a procedure never passes."""

    families: frozenset[ProcedureFamily] | None = None
    concern: str | None = None
    max_downtime_days: int | None = None
    skin_type: SkinType | None = None

    def passes(self, procedure: Procedure) -> bool:
        return (
            (self.families is None or procedure.family in self.families)
            and (self.concern is None or self._treats(procedure))
            and (self.max_downtime_days is None or self._is_back_in_time(procedure))
            and (self.skin_type is None or self._suits(procedure))
        )

    def _treats(self, procedure: Procedure) -> bool:
        return any(indication.concern == self.concern for indication in procedure.treats)

    def _is_back_in_time(self, procedure: Procedure) -> bool:
        days = longest_downtime(procedure)
        return (
            days is not None
            and self.max_downtime_days is not None
            and (days <= self.max_downtime_days)
        )

    def _suits(self, procedure: Procedure) -> bool:
        return any(
            each.skin_type == self.skin_type and each.standing != Standing.NO
            for each in procedure.suitability
        )


def longest_downtime(procedure: Procedure) -> float | None:
    """The cautious figure: the longest that sources tell, else what is typical."""
    downtime = procedure.profile.downtime
    return downtime.max if downtime.max is not None else downtime.typical


_UNKNOWN: Final = 1
_KNOWN: Final = 0


def _title_key(page: Page[Any]) -> SortKey:
    return (page.entry.title.casefold(), page.entry.slug)


def _invasiveness_key(page: Page[Procedure]) -> SortKey:
    return (page.entry.profile.invasiveness, *_title_key(page))


def _downtime_key(page: Page[Procedure]) -> SortKey:
    """Unknown comes last, never first as if it were zero."""
    downtime = page.entry.profile.downtime
    days = downtime.typical if downtime.typical is not None else longest_downtime(page.entry)
    if days is None:
        return (_UNKNOWN, 0, *_title_key(page))
    return (_KNOWN, days, *_title_key(page))


_KEYS: Final[dict[ProcedureSort, Callable[[Page[Procedure]], SortKey]]] = {
    ProcedureSort.TITLE: _title_key,
    ProcedureSort.INVASIVENESS: _invasiveness_key,
    ProcedureSort.DOWNTIME: _downtime_key,
}


@dataclass(frozen=True, slots=True)
class Keyed(Generic[T]):
    """The whole of a list in order, with its keys."""

    keys: Sequence[SortKey]
    items: Sequence[T]

    def page(self, size: int, after: SortKey | None) -> "ListPage[T]":
        start = 0 if after is None else bisect_right(self.keys, after)
        end = start + size
        return ListPage(
            self.keys[start:end],
            self.items[start:end],
            has_next=end < len(self.items),
            has_previous=start > 0,
        )


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    keys: Sequence[SortKey]
    items: Sequence[T]
    has_next: bool
    has_previous: bool


def keyed(items: Sequence[T], key: Callable[[T], SortKey]) -> Keyed[T]:
    pairs = sorted(((key(item), item) for item in items), key=lambda pair: pair[0])
    return Keyed([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def list_procedures(
    edition: Edition, wanted: ProcedureFilter, sort: ProcedureSort
) -> Keyed[Page[Procedure]]:
    pages = [page for page in edition.procedures.values() if wanted.passes(page.entry)]
    return keyed(pages, _KEYS[sort])


def list_concerns(edition: Edition) -> Keyed[Page[Concern]]:
    return keyed(list(edition.concerns.values()), _title_key)
