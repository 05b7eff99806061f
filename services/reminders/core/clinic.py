"""What a clinic is given where it states nothing itself."""

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
"""Numbers for an ambulance by ISO 3166-1; any country can be given its own on creation."""

INTERNATIONAL: Final = "112"
"""The number of the European Union and of most mobile networks elsewhere."""


TERRITORIES: Final[Mapping[str, frozenset[str]]] = {
    "GB": frozenset({"GG", "IM", "JE"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "VI"}),
}
"""Places with ISO 3166-1 codes of their own whose phones are as a country's own."""


def served_with(countries: Iterable[str]) -> frozenset[str]:
    """The countries and their territories."""
    asked = frozenset(countries)
    return asked.union(*(TERRITORIES.get(one, ()) for one in asked))


def emergency_number(country: str) -> str:
    return EMERGENCY_NUMBERS.get(country, INTERNATIONAL)


def emergency_number_for(region: str | None, *, country: str, own: str) -> str:
    """Say which number a patient dials where they are.

    `region` is the patient's (ISO 3166-2), `country` and `own` are the clinic's: its own number
    holds for everybody who is not known to live in another country.
    """
    lives_in = (region or country).partition("-")[0]
    return own if lives_in == country else emergency_number(lives_in)
