"""`/sheets/<plan>`: a printable aftercare plan, from the same release as everything else.

What cannot wait comes first. The sheet shows the base plan, and a line for the clinic's number.
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
from services.gateway.snapshot.cldr import cldr_name
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
_LONGEST_TAG: Final = 35  # BCP 47, section 4.4.1


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of the sheet in one language; `{}` stands for a time, a version or a date."""

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
    """Return the routes. `current` returns the release to read, or None while none is loaded."""
    routes = Blueprint("sheets", __name__, url_prefix=PATH)
    environment = Environment(loader=PackageLoader("services.gateway.http.pages"), autoescape=True)
    template = environment.get_template("sheet.html")

    @routes.get("/<slug>")
    def sheet(slug: str) -> Response:
        snapshot = current()
        if snapshot is None:
            unavailable = _plain(503, "The catalog is not there yet. Try again in a few seconds.")
            unavailable.headers["Retry-After"] = str(_RETRY_SECONDS)
            return unavailable
        plan = snapshot.edition(_locale(snapshot)).plans.get(slug)
        if plan is None:
            slugs = ", ".join(sorted(snapshot.edition().plans))
            return _plain(404, f"There is no such plan. There are: {slugs}.")
        response = Response(mimetype="text/html", headers=_HEADERS)
        response.set_etag(f"{plan.edition.info.content_hash}-{slug}-{plan.edition.reader}")
        response.make_conditional(request)
        if response.status_code == 200:  # noqa: PLR2004 - with 304 the browser has it already
            response.set_data(template.render(**_values(plan)))
        return response

    return routes


def _values(plan: LocalizedEntry[AftercarePlan]) -> dict[str, object]:
    words = _words(plan.entry.served_locale, plan.edition.reader)
    steps = [step for step in plan.entry.steps if step.kind not in _UNSENT]
    before = [(step, _when(step, words)) for step in steps if _is_before(step)]
    after = [(step, _when(step, words)) for step in steps if not _is_before(step)]
    return {
        "plan": plan,
        "words": words,
        "checked_on": format_date(plan.entry.reviewed_at, "long", locale=words.locale),
        "red_flags": _red_flags(plan.entry.steps),
        "parts": ((words.before, before), (words.after, after)),
    }


def _words(served: str, reader: str) -> Words:
    """Return the words of the language served, with the dates and figures of the reader's place."""
    language = served.partition("-")[0]
    words = _WORDS.get(language, _WORDS["en"])
    is_spoken = reader.partition("-")[0] == language
    locale = cldr_name(reader) if is_spoken else None
    return msgspec.structs.replace(words, locale=locale or words.locale)


def _red_flags(steps: Iterable[AftercareStep]) -> list[RedFlag]:
    """Return each red flag once, emergencies first."""
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
    """Return the distance in hours up to two days, as is usual in such advice, otherwise in days.

    A smaller unit is used if the larger one would need a fraction.
    """
    if not distance:
        return words.at_once
    if distance % timedelta(hours=1):
        return _directed(distance // timedelta(minutes=1), "duration-minute", words)
    if abs(distance) <= _MOST_IN_HOURS or distance % timedelta(days=1):
        return _directed(distance // timedelta(hours=1), "duration-hour", words)
    return _directed(distance.days, "duration-day", words)


def _directed(count: int, unit: str, words: Words) -> str:
    """Format a signed count, as in “1 day before” for -1 and “2 hours after” for 2."""
    amount = format_unit(abs(count), unit, locale=words.locale)
    return (words.earlier if count < 0 else words.later).format(amount)


def _locale(snapshot: Snapshot) -> str | None:
    """Return the locale in the URL, otherwise the one that the browser prefers."""
    tag = request.args.get("locale", "")
    if tag and len(tag) <= _LONGEST_TAG:
        return tag
    languages = request.accept_languages
    served = languages.best_match(list(snapshot.release.catalogs))
    tags = (tag for tag, _ in languages if served and tag.partition("-")[0].lower() == served)
    return next(tags, served)


def _plain(status: int, text: str) -> Response:
    headers = {**_HEADERS, "Cache-Control": "no-store"}
    return Response(f"{text}\n", status=status, mimetype="text/plain", headers=headers)
