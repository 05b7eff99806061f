"""Rules for pages: they are reviewed in time, and hold nothing that a browser could run."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.content.domain.faults import Fault
from services.content.domain.markdown import markdown_faults
from services.content.domain.reading import FOLDERS
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import Page


def reviews_are_in_time(locale: Locale, today: date) -> Faults:
    for name, page in _pages(locale):
        if page.review_by < today:
            problem = f"the review was due by {page.review_by}; check the page against its sources"
            yield Fault(name, ("review_by",), f"{problem}, then set reviewed_at and review_by")


def review_dates_are_in_order(locale: Locale) -> Faults:
    for name, page in _pages(locale):
        if page.review_by <= page.reviewed_at:
            yield Fault(name, ("review_by",), "must be later than reviewed_at; correct the dates")


def markdown_is_harmless(locale: Locale) -> Faults:
    for name, document in locale.documents.items():
        for path in sorted(document.markdown & document.scalars.keys(), key=str):
            for problem in markdown_faults(document.scalars[path]):
                yield Fault(name, path, problem)


def _pages(locale: Locale) -> Iterator[tuple[str, Page]]:
    for folder in FOLDERS:
        pages: Mapping[str, Page] = getattr(locale.catalog, folder)
        for slug, page in pages.items():
            yield f"{folder}/{slug}.yaml", page
