"""`/sheets/<plan>`: an aftercare plan on paper, from the same release as everything else.

What cannot wait comes first. It is the base plan: a clinic writes its own number on it.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

import msgspec
from babel.dates import format_date
from babel.units import format_unit
from flask import Blueprint, Response, request
from jinja2 import Environment, PackageLoader

from services.contracts.catalog import AftercarePlan, AftercareStep, RedFlag, StepKind
from services.gateway.snapshot.snapshot import LocalizedEntry, Snapshot

PATH: Final = "/sheets"

_UNSENT: Final = frozenset({StepKind.CLINICIAN_TASK, StepKind.REBOOK})
_HEADERS: Final = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}
_RETRY_SECONDS: Final = 5
_MOST_IN_HOURS: Final = timedelta(hours=48)
_LONGEST_TAG: Final = 35  # of BCP 47, section 4.4.1


class Words(msgspec.Struct, frozen=True, kw_only=True):
    help: str
    phone: str
    before: str
    after: str
    locale: str
    earlier: str
    later: str
    at_once: str
    same_day: str
    at: str
    draft: str
    edition: str
    fallback: str


_WORDS: Final = {
    "en": Words(
        help="When to get help",
        phone="Your clinic's number:",
        before="Before your visit",
        after="After your visit",
        locale="en",
        earlier="{} before",
        later="{} after",
        at_once="at once",
        same_day="on the day",
        at="{}, {}",
        draft="An editorial draft, not medical advice: follow what your clinic tells you.",
        edition="Version {}, checked against its sources on {}. Release {}.",
        fallback="This page is not yet translated.",
    ),
    "es": Words(
        help="Cuándo pedir ayuda",
        phone="Teléfono de su clínica:",
        before="Antes de su visita",
        after="Después de su visita",
        locale="es",
        earlier="{} antes",
        later="{} después",
        at_once="enseguida",
        same_day="el mismo día",
        at="{}, {}",
        draft="Borrador editorial, no es consejo médico: siga lo que le diga su clínica.",
        edition="Versión {}, cotejada con sus fuentes el {}. Publicación {}.",
        fallback="Esta página aún no está traducida.",
    ),
}


def sheets(current: Callable[[], Snapshot | None]) -> Blueprint:
    """Make the pages; `current` is the release to read, None while there is none."""
    routes = Blueprint("sheets", __name__, url_prefix=PATH)
    environment = Environment(loader=PackageLoader("services.gateway.http.pages"), autoescape=True)
    template = environment.get_template("sheet.html")

    @routes.get("/<plan>")
    def sheet(plan: str) -> Response:
        snapshot = current()
        if snapshot is None:
            away = _plain(503, "The catalog is not there yet. Try again in a few seconds.")
            away.headers["Retry-After"] = str(_RETRY_SECONDS)
            return away
        page = snapshot.edition(_locale(snapshot)).plans.get(plan)
        if page is None:
            known = ", ".join(sorted(snapshot.edition().plans))
            return _plain(404, f"There is no such plan. There are: {known}.")
        response = Response(mimetype="text/html", headers=_HEADERS)
        response.set_etag(f"{page.edition.info.content_hash}-{plan}-{page.edition.locale}")
        response.make_conditional(request)
        if response.status_code == 200:  # noqa: PLR2004 - else it is known there already
            response.set_data(template.render(**_shown(page)))
        return response

    return routes


def _shown(page: LocalizedEntry[AftercarePlan]) -> dict[str, object]:
    words = _WORDS.get(page.entry.served_locale.partition("-")[0], _WORDS["en"])
    steps = [step for step in page.entry.steps if step.kind not in _UNSENT]
    before = [(step, _when(step, words)) for step in steps if _is_before(step)]
    after = [(step, _when(step, words)) for step in steps if not _is_before(step)]
    return {
        "page": page,
        "words": words,
        "checked_on": format_date(page.entry.reviewed_at, "long", locale=words.locale),
        "red_flags": _red_flags(page.entry.steps),
        "parts": ((words.before, before), (words.after, after)),
    }


def _red_flags(steps: Iterable[AftercareStep]) -> list[RedFlag]:
    """Each once, emergencies first."""
    flags = {flag.code: flag for step in steps for flag in step.seek_help_if}
    return sorted(flags.values(), key=lambda flag: not flag.is_emergency)


def _is_before(step: AftercareStep) -> bool:
    if step.after is not None:
        return _length(step.after) < timedelta(0)
    return (step.day or 0) < 0


def _when(step: AftercareStep, words: Words) -> str:
    if step.after is not None:
        return _distance(_length(step.after), words)
    day = _directed(step.day, "duration-day", words) if step.day else words.same_day
    return words.at.format(day, step.at)


def _length(duration: str) -> timedelta:
    return msgspec.convert(duration, timedelta)


def _distance(distance: timedelta, words: Words) -> str:
    """In hours up to two days, which is how such advice is given; beyond that in days.

    In the smaller unit where the larger would not say it whole.
    """
    if not distance:
        return words.at_once
    if distance % timedelta(hours=1):
        return _directed(distance // timedelta(minutes=1), "duration-minute", words)
    if abs(distance) <= _MOST_IN_HOURS or distance % timedelta(days=1):
        return _directed(distance // timedelta(hours=1), "duration-hour", words)
    return _directed(distance.days, "duration-day", words)


def _directed(count: int, unit: str, words: Words) -> str:
    """As in “1 day before” for -1, and “2 hours after” for 2."""
    said = format_unit(abs(count), unit, locale=words.locale)
    return (words.earlier if count < 0 else words.later).format(said)


def _locale(snapshot: Snapshot) -> str | None:
    """What the address says, else what the reader's browser asks for."""
    asked = request.args.get("locale", "")
    if asked and len(asked) <= _LONGEST_TAG:
        return asked
    return request.accept_languages.best_match(list(snapshot.release.catalogs))


def _plain(status: int, text: str) -> Response:
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    return Response(f"{text}\n", status=status, mimetype="text/plain", headers=headers)
