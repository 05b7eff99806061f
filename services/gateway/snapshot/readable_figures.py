"""Formats figures and regions for readers of a language, by Babel's CLDR data.

An amount of money has the code of its currency, because “$” alone is used in twenty countries.
Results are cached, because Babel takes up to 60 µs for one.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit

from services.gateway.snapshot.dimensions import Unit
from services.gateway.snapshot.wording import Wording, wording_for

_MEASURES: Final[Mapping[Unit, tuple[str, Literal["long", "short"]]]] = {
    Unit.DAYS: ("duration-day", "long"),
    Unit.MINUTES: ("duration-minute", "long"),
    Unit.MILLIMETERS: ("length-millimeter", "short"),
}
"""The unit's name in CLDR, and the length of the word."""

_GROUPED_FROM_FIVE_DIGITS: Final = frozenset({"es", "es_EA", "es_ES", "es_GQ", "es_IC", "es_PH"})
"""Locales of our languages whose minimumGroupingDigits is 2 in CLDR 48, which Babel leaves out."""
_FIVE_DIGITS: Final = 10_000
_WITHOUT_GROUPS: Final = "0.###"

_SCALES: Final = (Unit.SCALE_0_10, Unit.SCALE_1_10)
_SEVERAL: Final = 2
_MAX_CACHED: Final = 4096


def prepare(locale: str) -> None:
    """Load the CLDR data of a locale, which takes some 30 ms, so that no request waits for it."""
    wording = wording_for(locale)
    for unit in Unit:
        amount(_SEVERAL, unit, wording)
    _puts_currency_first(wording.locale)


def spread(least: float | None, most: float | None, unit: Unit, wording: Wording) -> str | None:
    """Format a range, as in “2–4 days” or “up to 7 days”; None if both ends are unknown."""
    if least is None:
        return None if most is None else wording.up_to.format(amount(most, unit, wording))
    if most is None:
        return wording.at_least.format(amount(least, unit, wording))
    if least == most:
        return amount(most, unit, wording)
    return _with_unit(
        f"{_number(least, wording.locale)}–{_number(most, wording.locale)}", unit, wording
    )


def amount(value: float, unit: Unit, wording: Wording) -> str:
    """Format one figure, as in “1 day”, “2,5 días” or “3 of 10”."""
    if unit in _MEASURES:
        return _measured(value, unit, wording.locale)
    return _with_unit(_number(value, wording.locale), unit, wording)


def money(least: float, most: float, currency: str, wording: Wording) -> str:
    """Format a price range, as in “USD 1,200–3,500” or “1.200–3.500 USD”."""
    figures = spread(least, most, Unit.MONEY, wording)
    is_first = _puts_currency_first(wording.locale)
    return f"{currency} {figures}" if is_first else f"{figures} {currency}"


def territory(code: str, locale: str) -> str:
    """Return a region's name, as in “Estados Unidos” for US, or its code if it has no name."""
    return str(Locale.parse(locale).territories.get(code, code))


def _with_unit(figures: str, unit: Unit, wording: Wording) -> str:
    if unit in _SCALES:
        return wording.of_ten.format(figures)
    if unit in _MEASURES:
        several = _measured(_SEVERAL, unit, wording.locale)
        return several.replace(str(_SEVERAL), figures)
    return figures


@lru_cache(maxsize=_MAX_CACHED)
def _measured(value: float, unit: Unit, locale: str) -> str:
    name, length = _MEASURES[unit]
    return format_unit(value, name, length=length, format=_pattern(value, locale), locale=locale)


@lru_cache(maxsize=_MAX_CACHED)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, format=_pattern(value, locale), locale=locale)


def _pattern(value: float, locale: str) -> str | None:
    """Return a pattern without groups for four digits of such a locale; None for CLDR's own."""
    is_whole = locale in _GROUPED_FROM_FIVE_DIGITS and abs(value) < _FIVE_DIGITS
    return _WITHOUT_GROUPS if is_whole else None


@lru_cache
def _puts_currency_first(locale: str) -> bool:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return pattern.startswith("¤")
