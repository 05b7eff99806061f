"""What the keys in the source of one locale refer to."""

from collections.abc import Iterable

from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import SourceCatalog
from services.contracts.catalog import RedFlag, Source


class Lookups:
    def __init__(self, catalog: SourceCatalog) -> None:
        self._catalog = catalog
        self._flags = {
            code: RedFlag(
                code=code,
                label=flag.label,
                action=flag.action,
                severity=flag.severity,
                is_emergency=flag.is_emergency,
            )
            for code, flag in catalog.red_flags.items()
        }

    def served_locale(self, document: str) -> str:
        """Return the locale, or the base locale if the document is not translated."""
        is_translated = document in self._catalog.translated
        return self._catalog.locale if is_translated else BASE_LOCALE

    def sources(self, keys: Iterable[str]) -> tuple[Source, ...]:
        return tuple(self._source(key) for key in keys)

    def red_flags(self, codes: Iterable[str]) -> tuple[RedFlag, ...]:
        return tuple(self._flags[code] for code in codes)

    def contraindication(self, code: str) -> str:
        return self._catalog.contraindications[code].label

    def _source(self, key: str) -> Source:
        entry = self._catalog.sources[key]
        return Source(
            key=key,
            title=entry.title,
            publisher=entry.publisher,
            url=entry.url,
            grade=entry.grade,
        )
