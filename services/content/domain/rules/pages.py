"""Rules for pages: their figures, their reviews, and nothing that a browser could run."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.markdown import markdown_faults
from services.content.domain.reading import FOLDERS
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import Page, ProcedureSource

_RANGES: Final = (
    "downtime",
    "redness",
    "session_minutes",
    "sessions",
    "interval_days",
    "results_after",
    "results_last",
    "discomfort",
)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOST_INVASIVE: Final = 10
_MOST_DISCOMFORT: Final = 10
Spread = tuple[Path, float | None, float | None, float | None]


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


def ranges_are_in_order(locale: Locale) -> Faults:
    for name, procedure in locale.procedures():
        for path, least, typical, most in _spreads(procedure):
            figures = [value for value in (least, typical, most) if value is not None]
            if figures != sorted(figures):
                problem = "min, typical and max are not in order; correct them"
                yield Fault(name, path, problem)
            if any(value < 0 for value in figures):
                yield Fault(name, path, "a figure below zero; correct it")
            if not figures:
                yield Fault(name, path, "no figure at all; give one, or leave the key out")


def scales_are_kept(locale: Locale) -> Faults:
    for name, procedure in locale.procedures():
        profile = procedure.profile
        if not 1 <= profile.invasiveness.value <= _MOST_INVASIVE:
            path: Path = ("profile", "invasiveness", "value")
            yield Fault(name, path, "invasiveness goes from 1 (least) to 10 (most); correct it")
        if profile.discomfort and (profile.discomfort.max or 0) > _MOST_DISCOMFORT:
            yield Fault(name, ("profile", "discomfort"), "discomfort goes from 0 to 10; correct it")


def prices_are_plausible(locale: Locale) -> Faults:
    for name, procedure in locale.procedures():
        for number, cost in enumerate(procedure.profile.cost):
            path: Path = ("profile", "cost", number)
            if not 0 < cost.min <= cost.max:
                yield Fault(name, path, "min must be above zero and not above max; correct them")
            if not _CURRENCY.fullmatch(cost.currency):
                problem = "write a currency by its three letters, such as USD"
                yield Fault(name, (*path, "currency"), problem)


def _spreads(procedure: ProcedureSource) -> Iterator[Spread]:
    for field in _RANGES:
        if figures := getattr(procedure.profile, field):
            yield ("profile", field), figures.min, figures.typical, figures.max
    for number, effect in enumerate(procedure.side_effects):
        if days := effect.duration_days:
            path: Path = ("side_effects", number, "duration_days")
            yield path, days.min, days.typical, days.max
    for number, device in enumerate(procedure.devices):
        least, most = device.min_depth_millimeters, device.max_depth_millimeters
        if (least, most) != (None, None):
            yield ("devices", number), least, None, most
