"""Fixed sentences, and the words around dates and times, in the languages of the product.

Other languages fall back to English, as the catalog does.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from services.contracts.sms.segments import Encoding, count_segments
from services.reminders.core.readable_times import clock, day_of_year, full_date, weekday

_WEEK = timedelta(days=7)
_ONE_O_CLOCK: Final = "1:"


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases with placeholders.

    `one_o_clock` is for a time from one to two o'clock, `hour` for all others; both take `time`.
    The result is the `hour` of `today`, `tomorrow`, `this_week`, `later` and `appointment`.
    `in_zone` takes a `time` and the `city` by whose clock it is.
    """

    tag: str
    one_o_clock: str
    hour: str
    today: str
    tomorrow: str
    this_week: str
    later: str
    appointment: str
    on_this_day: str
    on_next_day: str
    on_day: str
    in_zone: str
    sms_opt_out: str
    email_opt_out: str
    unsubscribe: str
    other_opt_out: str
    latest_end: str


_ENGLISH = Language(
    tag="en",
    one_o_clock="{time}",
    hour="{time}",
    today="{hour} today",
    tomorrow="{hour} tomorrow",
    this_week="{weekday} {hour}",
    later="{hour} on {day}",
    appointment="{date} at {hour}",
    on_this_day="today",
    on_next_day="tomorrow",
    on_day="on {day}",
    in_zone="{time} ({city} time)",
    sms_opt_out="Reply STOP to opt out.",
    email_opt_out="To stop these emails, tell {clinic}.",
    unsubscribe="To stop these emails: {url}",
    other_opt_out="To opt out: {way}.",
    latest_end="Where times differ, keep to the latest.",
)
_SPANISH = Language(
    tag="es",
    one_o_clock="a la {time}",
    hour="a las {time}",
    today="hoy {hour}",
    tomorrow="mañana {hour}",
    this_week="el {weekday} {hour}",
    later="el {day} {hour}",
    appointment="{date} {hour}",
    on_this_day="hoy",
    on_next_day="mañana",
    on_day="el {day}",
    in_zone="{time} (hora de {city})",
    sms_opt_out="Responda STOP para darse de baja.",
    email_opt_out="Para dejar de recibir estos correos, avise a {clinic}.",
    unsubscribe="Para dejar de recibir estos correos: {url}",
    other_opt_out="Para darse de baja: {way}.",
    latest_end="Si las horas difieren, respete la posterior.",
)
_LANGUAGES = {"en": _ENGLISH, "es": _SPANISH}


@lru_cache
def language(locale: str) -> Language:
    """The phrases for a locale. Their `tag` is the locale of their dates."""
    spoken, dash, place = locale.partition("-")
    words = _LANGUAGES.get(spoken.lower(), _ENGLISH)
    return msgspec.structs.replace(words, tag=f"{words.tag}{dash}{place}")


def moment(local: datetime, *, read_at: datetime, words: Language, is_for_sms: bool = False) -> str:
    """Write a local time for a person who reads it at the local time `read_at`.

    An SMS gives the date instead of a weekday with letters outside GSM 7-bit, such as “sábado”: one
    such letter more than halves the length of a part.
    """
    days = (local.date() - read_at.date()).days
    hour = _hour(local, words)
    if days == 0:
        return words.today.format(hour=hour)
    if days == 1:
        return words.tomorrow.format(hour=hour)
    if 1 < days < _WEEK.days:
        name = weekday(local.date(), words.tag)
        if not (is_for_sms and _is_costly(name)):
            return words.this_week.format(weekday=name, hour=hour)
    return words.later.format(day=day_of_year(local.date(), words.tag), hour=hour)


def date(local: datetime, words: Language) -> str:
    return full_date(local.date(), words.tag)


def appointment(local: datetime, words: Language) -> str:
    """Write the date and the time of day."""
    return words.appointment.format(date=date(local, words), hour=_hour(local, words))


def visit_day(local: datetime, *, read_at: datetime | None, words: Language) -> str:
    """Write a day for a person who reads it at the local time `read_at`: tomorrow, on March 12.

    The day is named, never counted, if `read_at` is None: it is another one where they read it.
    """
    days = (local.date() - read_at.date()).days if read_at else None
    counted = {0: words.on_this_day, 1: words.on_next_day}.get(-1 if days is None else days)
    return counted or words.on_day.format(day=day_of_year(local.date(), words.tag))


def in_zone(time: str, city: str, words: Language) -> str:
    """Add to a day or time by whose clock it is."""
    return words.in_zone.format(time=time, city=city)


def _hour(local: datetime, words: Language) -> str:
    time = clock(local.time().replace(second=0, microsecond=0), words.tag)
    return (words.one_o_clock if time.startswith(_ONE_O_CLOCK) else words.hour).format(time=time)


@lru_cache
def _is_costly(word: str) -> bool:
    return count_segments(word).encoding is not Encoding.GSM_7
