"""Filters, sorts and pages the entries of an edition. Pages start at a key, not at a position."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from services.contracts.catalog import (
    Concern,
    EvidenceLevel,
    Procedure,
    ProcedureFamily,
    SkinType,
    Standing,
)
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry, LocalizedIndication

T = TypeVar("T")

_RANK: Final = {level: rank for rank, level in enumerate(EvidenceLevel)}


def rank_of(level: EvidenceLevel) -> int:
    """Return 0 for the strongest level, which EvidenceLevel declares first."""
    return _RANK[level]


def by_evidence(
    indications: Iterable[LocalizedIndication], minimum: EvidenceLevel | None
) -> list[LocalizedIndication]:
    """Return the indications with at least this evidence, strongest first.

    Indications of equal evidence keep their order.
    """
    weakest = len(_RANK) if minimum is None else _RANK[minimum]
    ranked = sorted(indications, key=lambda localized: _RANK[localized.indication.evidence])
    return [localized for localized in ranked if _RANK[localized.indication.evidence] <= weakest]


SortKey = tuple[str | int | float, ...]
"""The sort key of an entry, which is also its cursor: unique in a list, and of one shape in it."""


class ProcedureSort(StrEnum):
    TITLE = "TITLE"
    INVASIVENESS = "INVASIVENESS"
    DOWNTIME = "DOWNTIME"


@dataclass(frozen=True, slots=True)
class ProcedureFilter:
    """A field that is None does not filter. A procedure whose value is unknown does not pass."""

    family: frozenset[ProcedureFamily] | None = None
    concern: str | None = None
    max_downtime_days: int | None = None
    skin_type: SkinType | None = None

    def passes(self, procedure: Procedure) -> bool:
        return (
            (self.family is None or procedure.family in self.family)
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
            suitability.skin_type == self.skin_type and suitability.standing != Standing.NO
            for suitability in procedure.suitability
        )


def longest_downtime(procedure: Procedure) -> float | None:
    """Return the longest downtime in the sources, or the typical one if none is given."""
    downtime = procedure.profile.downtime
    return downtime.max if downtime.max is not None else downtime.typical


_WITHOUT_DOWNTIME: Final = 1
_WITH_DOWNTIME: Final = 0


def _title_key(localized: LocalizedEntry[Any]) -> SortKey:
    return (localized.entry.title.casefold(), localized.entry.slug)


def _invasiveness_key(procedure: LocalizedEntry[Procedure]) -> SortKey:
    return (procedure.entry.profile.invasiveness, *_title_key(procedure))


def _downtime_key(procedure: LocalizedEntry[Procedure]) -> SortKey:
    """Unknown downtimes come last, not first as if they were zero."""
    downtime = procedure.entry.profile.downtime
    days = downtime.typical if downtime.typical is not None else longest_downtime(procedure.entry)
    if days is None:
        return (_WITHOUT_DOWNTIME, 0, *_title_key(procedure))
    return (_WITH_DOWNTIME, days, *_title_key(procedure))


_KEYS: Final[dict[ProcedureSort, Callable[[LocalizedEntry[Procedure]], SortKey]]] = {
    ProcedureSort.TITLE: _title_key,
    ProcedureSort.INVASIVENESS: _invasiveness_key,
    ProcedureSort.DOWNTIME: _downtime_key,
}


@dataclass(frozen=True, slots=True)
class SortedList(Generic[T]):
    """A whole list in order, with the sort key of each item."""

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


def sort_by_key(items: Sequence[T], key: Callable[[T], SortKey]) -> SortedList[T]:
    pairs = sorted(((key(item), item) for item in items), key=lambda pair: pair[0])
    return SortedList([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def list_procedures(
    edition: Edition, criteria: ProcedureFilter, sort: ProcedureSort
) -> SortedList[LocalizedEntry[Procedure]]:
    procedures = [
        procedure for procedure in edition.procedures.values() if criteria.passes(procedure.entry)
    ]
    return sort_by_key(procedures, _KEYS[sort])


def list_concerns(edition: Edition) -> SortedList[LocalizedEntry[Concern]]:
    return sort_by_key(list(edition.concerns.values()), _title_key)
