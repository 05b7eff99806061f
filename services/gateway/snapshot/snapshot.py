"""Snapshots: a release in memory, indexed for lookups.

A snapshot is immutable. A request holds one snapshot, so it reads from one release even if another
is published meanwhile.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from services.contracts.catalog import (
    AftercarePlan,
    Concern,
    Entry,
    Indication,
    LocalizedCatalog,
    Procedure,
    Release,
    ReleaseInfo,
)
from services.gateway.snapshot import readable_figures
from services.gateway.snapshot.search.search import SearchHit, SearchIndex

K = TypeVar("K")
V = TypeVar("V")
E = TypeVar("E", bound=Entry)


def normalized(tag: str, available: Container[str]) -> str:
    """Return the longest prefix of the tag that the catalog has, otherwise its language.

    es-MX becomes es if the catalog has es but not es-MX, and also if it has neither: so ids stay
    the same on the day a translation is added.
    """
    while "-" in tag:
        if tag in available:
            return tag
        tag = tag.rpartition("-")[0]
    return tag


class CatalogIndex:
    """References between the entries of a catalog, by slug; all its editions share them.

    Lists are in title order of what they name; slugs that no entry has are left out.
    """

    def __init__(self, catalog: LocalizedCatalog) -> None:
        procedures = catalog.procedures
        self.variants: Final = _grouped((p.parent, p.slug) for p in procedures if p.parent)
        self.plans: Final = _grouped(
            (slug, plan.slug) for plan in catalog.plans for slug in plan.procedures
        )
        position = {concern.slug: number for number, concern in enumerate(catalog.concerns)}
        self.treats: Final = {
            procedure.slug: tuple(_in_order(procedure.treats, position)) for procedure in procedures
        }
        self.treated_by: Final = _grouped(
            (indication.concern, (procedure.slug, indication))
            for procedure in procedures
            for indication in self.treats[procedure.slug]
        )


def _in_order(indications: Iterable[Indication], position: dict[str, int]) -> list[Indication]:
    existing = (indication for indication in indications if indication.concern in position)
    return sorted(existing, key=lambda indication: position[indication.concern])


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


_EDITIONS_KEPT: Final = 64
"""Bounded, because clients may ask for any locale, even one without a translation."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalizedEntry(Generic[E]):
    """An entry of the catalog, read in the locale of an edition."""

    entry: E
    edition: "Edition"

    @property
    def is_fallback_locale(self) -> bool:
        return self.entry.served_locale != self.edition.locale


@dataclass(frozen=True, slots=True, eq=False)
class LocalizedIndication:
    """An indication with both of its ends: the procedure, and the concern that it treats."""

    indication: Indication
    procedure: LocalizedEntry[Procedure]
    concern: LocalizedEntry[Concern]


class Edition:
    """A release in one locale, with or without a translation to it.

    `reader` is the tag by which figures and dates are written. It has the language of the texts,
    and the place that was asked for: es-MX while `locale` is es.
    """

    def __init__(
        self, locale: str, indexed: "IndexedCatalog", info: ReleaseInfo, reader: str
    ) -> None:
        self.locale: Final = locale
        self.reader: Final = reader
        self.catalog: Final = indexed.catalog
        self.info: Final = info
        self.procedures: Final = self._localize_all(indexed.catalog.procedures)
        self.concerns: Final = self._localize_all(indexed.catalog.concerns)
        self.plans: Final = self._localize_all(indexed.catalog.plans)
        self._index: Final = indexed.index
        self._search_index: Final = indexed.search_index

    def parent_of(self, procedure: Procedure) -> LocalizedEntry[Procedure] | None:
        return self.procedures.get(procedure.parent) if procedure.parent else None

    def variants_of(self, procedure: Procedure) -> list[LocalizedEntry[Procedure]]:
        return [self.procedures[slug] for slug in self._index.variants.get(procedure.slug, ())]

    def plans_for(self, procedure: Procedure) -> list[LocalizedEntry[AftercarePlan]]:
        return [self.plans[slug] for slug in self._index.plans.get(procedure.slug, ())]

    def treats(self, procedure: Procedure) -> list[LocalizedIndication]:
        """Return what the procedure treats, in title order of the concerns."""
        localized = self.procedures[procedure.slug]
        return [
            LocalizedIndication(indication, localized, self.concerns[indication.concern])
            for indication in self._index.treats[procedure.slug]
        ]

    def treated_by(self, concern: Concern) -> list[LocalizedIndication]:
        """Return what treats the concern, in title order of the procedures."""
        localized = self.concerns[concern.slug]
        return [
            LocalizedIndication(indication, self.procedures[slug], localized)
            for slug, indication in self._index.treated_by.get(concern.slug, ())
        ]

    def find_procedures(self, slugs: Iterable[str]) -> list[LocalizedEntry[Procedure]]:
        """Return the procedures with these slugs; slugs that no procedure has are left out."""
        return [self.procedures[slug] for slug in slugs if slug in self.procedures]

    def search(self, text: str, first: int) -> list[SearchHit[LocalizedEntry[Any]]]:
        """Return the entries that match a text by name or by content, best first."""
        return [
            hit.with_node(self._lookup(hit.node)) for hit in self._search_index.search(text, first)
        ]

    def _lookup(self, entry: Entry) -> LocalizedEntry[Any]:
        entries: dict[type[Entry], dict[str, LocalizedEntry[Any]]] = {
            Procedure: self.procedures,
            Concern: self.concerns,
            AftercarePlan: self.plans,
        }
        return entries[type(entry)][entry.slug]

    def localize(self, plan: AftercarePlan) -> LocalizedEntry[AftercarePlan]:
        """Return a plan from outside the catalog, such as a pinned one, in this edition."""
        return LocalizedEntry(plan, self)

    def _localize_all(self, entries: Iterable[E]) -> dict[str, LocalizedEntry[E]]:
        return {entry.slug: LocalizedEntry(entry, self) for entry in entries}


@dataclass(frozen=True, slots=True)
class IndexedCatalog:
    """A catalog of the release with its indexes."""

    catalog: LocalizedCatalog
    index: CatalogIndex
    search_index: SearchIndex


class Snapshot:
    """A release with its editions, one for each locale that is asked for."""

    def __init__(self, release: Release) -> None:
        self.release: Final = release
        self.info: Final = release.info
        self._catalogs = {
            locale: IndexedCatalog(catalog, CatalogIndex(catalog), SearchIndex(catalog))
            for locale, catalog in release.catalogs.items()
        }
        self._edition = lru_cache(maxsize=_EDITIONS_KEPT)(self._make_edition)
        for locale in release.catalogs:
            self.edition(locale)
            readable_figures.prepare(locale)

    def edition(self, locale: str | None = None) -> Edition:
        """Return the release in this locale, or in the base locale if none is given."""
        tag = locale or self.release.base_locale
        return self._edition(normalized(tag, self.release.catalogs), tag)

    def _make_edition(self, locale: str, tag: str) -> Edition:
        catalog = self._catalogs.get(locale) or self._catalogs[self.release.base_locale]
        language = catalog.catalog.locale
        is_spoken = tag.partition("-")[0] == language.partition("-")[0]
        return Edition(locale, catalog, self.info, tag if is_spoken else language)
