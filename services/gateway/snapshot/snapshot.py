"""The current release, laid out for looking things up.

Immutable: a request that holds one reads from one release, whatever is published meanwhile.
"""

from collections.abc import Iterable
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
from services.gateway.snapshot.index import CatalogIndex
from services.gateway.snapshot.locales import normalized
from services.gateway.snapshot.search.search import SearchIndex

E = TypeVar("E", bound=Entry)

_EDITIONS_KEPT: Final = 64
"""Locales that nobody translates to are served in the base locale; anyone can ask for any."""


@dataclass(frozen=True, slots=True, eq=False)
class Page(Generic[E]):
    """An entry of the catalog, as asked for in some locale."""

    entry: E
    edition: "Edition"

    @property
    def is_fallback_locale(self) -> bool:
        return self.entry.served_locale != self.edition.locale


@dataclass(frozen=True, slots=True, eq=False)
class Indicated:
    """A concern that a procedure treats, seen from either side."""

    indication: Indication
    procedure: Page[Procedure]
    concern: Page[Concern]


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """What a search found; `score` is from 0 to 1, `matched` the name or words that met it."""

    node: Page[Any]
    excerpt: str
    score: float
    matched: str


class Edition:
    """A release as read in one locale, whether or not it has been translated to it."""

    def __init__(self, locale: str, shelf: "Shelf", info: ReleaseInfo) -> None:
        self.locale: Final = locale
        self.catalog: Final = shelf.catalog
        self.info: Final = info
        self.procedures: Final = self._pages(shelf.catalog.procedures)
        self.concerns: Final = self._pages(shelf.catalog.concerns)
        self.plans: Final = self._pages(shelf.catalog.plans)
        self._index: Final = shelf.index
        self._searching: Final = shelf.searching

    def parent_of(self, procedure: Procedure) -> Page[Procedure] | None:
        return self.procedures.get(procedure.parent) if procedure.parent else None

    def variants_of(self, procedure: Procedure) -> list[Page[Procedure]]:
        return [self.procedures[slug] for slug in self._index.variants.get(procedure.slug, ())]

    def plans_for(self, procedure: Procedure) -> list[Page[AftercarePlan]]:
        return [self.plans[slug] for slug in self._index.plans.get(procedure.slug, ())]

    def treats(self, procedure: Procedure) -> list[Indicated]:
        """In title order of the concerns."""
        page = self.procedures[procedure.slug]
        return [
            Indicated(indication, page, self.concerns[indication.concern])
            for indication in self._index.treats[procedure.slug]
        ]

    def treated_by(self, concern: Concern) -> list[Indicated]:
        """In title order of the procedures."""
        page = self.concerns[concern.slug]
        return [
            Indicated(indication, self.procedures[slug], page)
            for slug, indication in self._index.treated_by.get(concern.slug, ())
        ]

    def known_procedures(self, slugs: Iterable[str]) -> list[Page[Procedure]]:
        return [self.procedures[slug] for slug in slugs if slug in self.procedures]

    def search(self, text: str, first: int) -> list[Hit]:
        """The entries that a text names or speaks of, best first."""
        return [
            Hit(self._page(found.entry), found.excerpt, found.score, found.matched)
            for found in self._searching.search(text, first)
        ]

    def _page(self, entry: Entry) -> Page[Any]:
        shelves: dict[type[Entry], dict[str, Page[Any]]] = {
            Procedure: self.procedures,
            Concern: self.concerns,
            AftercarePlan: self.plans,
        }
        return shelves[type(entry)][entry.slug]

    def page_of(self, plan: AftercarePlan) -> Page[AftercarePlan]:
        """A plan from elsewhere, such as one that an enrollment pinned, as a page of this."""
        return Page(plan, self)

    def _pages(self, entries: Iterable[E]) -> dict[str, Page[E]]:
        return {entry.slug: Page(entry, self) for entry in entries}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A catalog that there is, with its indexes."""

    catalog: LocalizedCatalog
    index: CatalogIndex
    searching: SearchIndex


class Snapshot:
    """A release with its editions."""

    def __init__(self, release: Release) -> None:
        self.release: Final = release
        self.info: Final = release.info
        self._shelves = {
            locale: Shelf(catalog, CatalogIndex(catalog), SearchIndex(catalog))
            for locale, catalog in release.catalogs.items()
        }
        self._edition = lru_cache(maxsize=_EDITIONS_KEPT)(self._make_edition)
        for locale in release.catalogs:
            self._edition(locale)
            readable_figures.prepare(locale)

    def edition(self, asked: str | None = None) -> Edition:
        """The release in this locale; in the base locale when none is asked for."""
        if asked is None:
            return self._edition(self.release.base_locale)
        return self._edition(normalized(asked, self.release.catalogs))

    def _make_edition(self, locale: str) -> Edition:
        served = self._shelves.get(locale) or self._shelves[self.release.base_locale]
        return Edition(locale, served, self.info)
