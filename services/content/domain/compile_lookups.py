"""Publishes what authors wrote: keys in the source of one locale become what they refer to."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import Page, SourceCatalog
from services.content.domain.written import Written
from services.contracts.catalog import Entry, RedFlag, Source

T = TypeVar("T", bound=msgspec.Struct)
P = TypeVar("P", bound=Entry)


class Lookups:
    def __init__(self, catalog: SourceCatalog) -> None:
        self._catalog = catalog
        self._flags = {
            code: self.published(flag, RedFlag, code=code)
            for code, flag in catalog.red_flags.items()
        }

    def published(self, written: Written, kind: type[T], **others: object) -> T:
        """Build a published value from the fields that both types have, and from the others.

        The keys of sources become the sources.
        """
        names = [name for name in kind.__struct_fields__ if hasattr(written, name)]
        values = {name: getattr(written, name) for name in names} | others
        if "sources" in names and "sources" not in others:
            values["sources"] = self.sources(values["sources"])
        return kind(**values)

    def page(self, folder: str, slug: str, page: Page, kind: type[P], **others: object) -> P:
        """Build a page. Its locale is the base locale if the page is not translated."""
        is_translated = f"{folder}/{slug}.yaml" in self._catalog.translated
        locale = self._catalog.locale if is_translated else BASE_LOCALE
        return self.published(page, kind, slug=slug, served_locale=locale, **others)

    def sources(self, keys: Iterable[str]) -> tuple[Source, ...]:
        return tuple(self.published(self._catalog.sources[key], Source, key=key) for key in keys)

    def red_flags(self, codes: Iterable[str]) -> tuple[RedFlag, ...]:
        return tuple(self._flags[code] for code in codes)

    def contraindication(self, code: str) -> str:
        return self._catalog.contraindications[code].label
