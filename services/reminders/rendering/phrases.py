"""Dates and standing sentences, in the languages the product ships.

Another language falls back to English, as the catalog does.
"""

from datetime import datetime, timedelta

import msgspec

_WEEK = timedelta(days=7)


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns take `time`, `weekday`, `day`, `month` and `year`; `clinic` for the last one."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    today: str
    tomorrow: str
    this_week: str
    later: str
    date: str
    sms_opt_out: str
    email_opt_out: str
    other_opt_out: str
    latest_end: str


_ENGLISH = Language(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    today="{time} today",
    tomorrow="{time} tomorrow",
    this_week="{weekday} {time}",
    later="{time} on {day} {month}",
    date="{day} {month} {year}",
    sms_opt_out="Reply STOP to opt out.",
    email_opt_out="To stop these emails, tell {clinic}.",
    other_opt_out="To opt out: {way}.",
    latest_end="Where times differ, keep to the latest.",
)
_SPANISH = Language(
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    today="hoy a las {time}",
    tomorrow="mañana a las {time}",
    this_week="el {weekday} a las {time}",
    later="el {day} de {month} a las {time}",
    date="{day} de {month} de {year}",
    sms_opt_out="Responda STOP para darse de baja.",
    email_opt_out="Para dejar de recibir estos correos, avise a {clinic}.",
    other_opt_out="Para darse de baja: {way}.",
    latest_end="Si las horas difieren, respete la más tardía.",
)
_LANGUAGES = {"en": _ENGLISH, "es": _SPANISH}


def language(locale: str) -> Language:
    return _LANGUAGES.get(locale.split("-", maxsplit=1)[0].lower(), _ENGLISH)


def moment(local: datetime, *, said_at: datetime, words: Language) -> str:
    """Say a local moment as a person would who reads it at the local moment `said_at`."""
    days = (local.date() - said_at.date()).days
    if days == 0:
        pattern = words.today
    elif days == 1:
        pattern = words.tomorrow
    elif 1 < days < _WEEK.days:
        pattern = words.this_week
    else:
        pattern = words.later
    return _fill(pattern, local, words)


def date(local: datetime, words: Language) -> str:
    return _fill(words.date, local, words)


def _fill(pattern: str, local: datetime, words: Language) -> str:
    return pattern.format(
        time=f"{local:%H:%M}",
        weekday=words.weekdays[local.weekday()],
        day=local.day,
        month=words.months[local.month - 1],
        year=local.year,
    )
