"""Defaults of a clinic that states nothing itself, by its country."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Final

from services.contracts.reminders import QuietHours

QUIET_HOURS: Final = QuietHours(start=time(20), end=time(9))

EMERGENCY_NUMBERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("AR", "CA", "CR", "DO", "EC", "MX", "PA", "PH", "US", "UY"), "911"),
    **dict.fromkeys(("GB", "HK", "IE", "MY"), "999"),
    **dict.fromkeys(("JP", "KR"), "119"),
    "AU": "000",
    "BR": "192",
    "CL": "131",
    "CO": "123",
    "NZ": "111",
    "SG": "995",
    "ZA": "10177",
}
"""Numbers for an ambulance by country (ISO 3166-1); a clinic may be created with another."""

INTERNATIONAL: Final = "112"
"""The number of the European Union and of most mobile networks elsewhere."""


TERRITORIES: Final[Mapping[str, frozenset[str]]] = {
    "GB": frozenset({"GG", "IM", "JE"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "VI"}),
}
"""Territories with ISO 3166-1 codes of their own that share a country's phone numbers."""


def served_with(countries: Iterable[str]) -> frozenset[str]:
    """The countries and their territories."""
    named = frozenset(countries)
    return named.union(*(TERRITORIES.get(country, ()) for country in named))


def emergency_number(country: str) -> str:
    return EMERGENCY_NUMBERS.get(country, INTERNATIONAL)


def emergency_number_for(region: str | None, *, country: str, own: str) -> str:
    """The emergency number where a patient lives.

    `region` is the patient's (ISO 3166-2); `country` and `own` are the clinic's. The clinic's own
    number holds for everybody who is not known to live in another country.
    """
    lives_in = (region or country).partition("-")[0]
    return own if lives_in == country else emergency_number(lives_in)
