"""Figures, and where they hold, as readers of a language write them: Babel's CLDR.

An amount of money shows its currency's code: “$” alone is the money of twenty countries. What is
said once is kept, for Babel takes up to 60 µs.
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
"""Names of CLDR, and how long a word."""

_SCALES: Final = (Unit.SCALE_0_10, Unit.SCALE_1_10)
_SEVERAL: Final = 2
_KEPT: Final = 4096


def prepare(locale: str) -> None:
    """Read what CLDR says of a locale, which takes some 30 ms: no request is to wait for it."""
    words = wording_for(locale)
    for unit in Unit:
        amount(_SEVERAL, unit, words)
    _puts_currency_first(words.locale)


def spread(least: float | None, most: float | None, unit: Unit, words: Wording) -> str | None:
    """As in “2–4 days” or “up to 7 days”; None when neither end is known."""
    if least is None:
        return None if most is None else words.up_to.format(amount(most, unit, words))
    if most is None:
        return words.at_least.format(amount(least, unit, words))
    if least == most:
        return amount(most, unit, words)
    return _with_unit(f"{_number(least, words.locale)}–{_number(most, words.locale)}", unit, words)


def amount(value: float, unit: Unit, words: Wording) -> str:
    """As in “1 day”, “2,5 días” or “3 of 10”."""
    if unit in _MEASURES:
        return _measured(value, unit, words.locale)
    return _with_unit(_number(value, words.locale), unit, words)


def money(least: float, most: float, currency: str, words: Wording) -> str:
    """As in “USD 1,200–3,500” or “1.200–3.500 USD”."""
    figures = spread(least, most, Unit.MONEY, words)
    is_first = _puts_currency_first(words.locale)
    return f"{currency} {figures}" if is_first else f"{figures} {currency}"


def territory(code: str, locale: str) -> str:
    """As in “Estados Unidos” for US; what CLDR has no name for stays as it is written."""
    return str(Locale.parse(locale).territories.get(code, code))


def _with_unit(figures: str, unit: Unit, words: Wording) -> str:
    if unit in _SCALES:
        return words.of_ten.format(figures)
    if unit in _MEASURES:
        several = _measured(_SEVERAL, unit, words.locale)
        return several.replace(str(_SEVERAL), figures)
    return figures


@lru_cache(maxsize=_KEPT)
def _measured(value: float, unit: Unit, locale: str) -> str:
    name, length = _MEASURES[unit]
    return format_unit(value, name, length=length, locale=locale)


@lru_cache(maxsize=_KEPT)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache
def _puts_currency_first(locale: str) -> bool:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return pattern.startswith("¤")
