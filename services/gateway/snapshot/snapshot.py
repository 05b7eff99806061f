"""The current release, laid out for looking things up.

Immutable: a request that holds one reads from one release, whatever is published meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

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
from services.gateway.snapshot.locales import normalized

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


class Edition:
    """A release as read in one locale, whether or not it has been translated to it."""

    def __init__(self, locale: str, catalog: LocalizedCatalog, info: ReleaseInfo) -> None:
        self.locale: Final = locale
        self.catalog: Final = catalog
        self.info: Final = info
        self.procedures: Final = self._pages(catalog.procedures)
        self.concerns: Final = self._pages(catalog.concerns)
        self.plans: Final = self._pages(catalog.plans)
        self._variants = _grouped(
            (page.entry.parent, page) for page in self.procedures.values() if page.entry.parent
        )
        self._plans_for = _grouped(
            (slug, page) for page in self.plans.values() for slug in page.entry.procedures
        )
        indicated = list(self._indicated())
        self._treats = _grouped((each.procedure.entry.slug, each) for each in indicated)
        self._treated_by = _grouped((each.concern.entry.slug, each) for each in indicated)

    def parent_of(self, procedure: Procedure) -> Page[Procedure] | None:
        return self.procedures.get(procedure.parent) if procedure.parent else None

    def variants_of(self, procedure: Procedure) -> tuple[Page[Procedure], ...]:
        return self._variants.get(procedure.slug, ())

    def plans_for(self, procedure: Procedure) -> tuple[Page[AftercarePlan], ...]:
        return self._plans_for.get(procedure.slug, ())

    def treats(self, procedure: Procedure) -> tuple[Indicated, ...]:
        """In title order of the concerns."""
        return self._treats.get(procedure.slug, ())

    def treated_by(self, concern: Concern) -> tuple[Indicated, ...]:
        """In title order of the procedures."""
        return self._treated_by.get(concern.slug, ())

    def known_procedures(self, slugs: Iterable[str]) -> list[Page[Procedure]]:
        return [self.procedures[slug] for slug in slugs if slug in self.procedures]

    def page_of(self, plan: AftercarePlan) -> Page[AftercarePlan]:
        """A plan from elsewhere, such as one that an enrollment pinned, as a page of this."""
        return Page(plan, self)

    def _pages(self, entries: Iterable[E]) -> dict[str, Page[E]]:
        return {entry.slug: Page(entry, self) for entry in entries}

    def _indicated(self) -> Iterable[Indicated]:
        for concern in self.concerns.values():
            for procedure in self.procedures.values():
                for indication in procedure.entry.treats:
                    if indication.concern == concern.entry.slug:
                        yield Indicated(indication, procedure, concern)


class Snapshot:
    """A release with its editions."""

    def __init__(self, release: Release) -> None:
        self.release: Final = release
        self.info: Final = release.info
        self._edition = lru_cache(maxsize=_EDITIONS_KEPT)(self._make_edition)
        for locale in release.catalogs:
            self._edition(locale)

    @classmethod
    def of(cls, release: Release) -> "Snapshot":
        return cls(release)

    def edition(self, asked: str | None = None) -> Edition:
        """The release in this locale; in the base locale when none is asked for."""
        if asked is None:
            return self._edition(self.release.base_locale)
        return self._edition(normalized(asked, self.release.catalogs))

    def _make_edition(self, locale: str) -> Edition:
        catalogs = self.release.catalogs
        served = catalogs.get(locale) or catalogs[self.release.base_locale]
        return Edition(locale, served, self.info)


K = TypeVar("K")
V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
