"""Lines that people in a crisis may call at any hour, by country (ISO 3166-1)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from services.reminders.core.clinic import TERRITORIES


class CrisisLine(msgspec.Struct, frozen=True):
    """`name` is what people in the country know it by. `checked` is when the source was looked up.

    Look the numbers up again once a year: a wrong one fails somebody at the worst moment.
    """

    number: str
    name: str
    source: str
    checked: date

    @property
    def label(self) -> str:
        return self.number if self.name == self.number else f"{self.name}, {self.number}"


_CHECKED: Final = date(2026, 11, 30)
_SAMARITANS: Final = "https://www.samaritans.org/how-we-can-help/contact-samaritan/"

CRISIS_LINES: Final[Mapping[str, CrisisLine]] = {
    "AU": CrisisLine("13 11 14", "Lifeline", "https://www.lifeline.org.au/", _CHECKED),
    "CA": CrisisLine("988", "Suicide Crisis Helpline", "https://988.ca/", _CHECKED),
    "DE": CrisisLine(
        "0800 1110111", "TelefonSeelsorge", "https://www.telefonseelsorge.de/", _CHECKED
    ),
    "ES": CrisisLine(
        "024",
        "024",
        "https://www.rtve.es/noticias/20220509/sanidad-presenta-telefono-prevencion-suicidio/2347183.shtml",
        _CHECKED,
    ),
    "FR": CrisisLine(
        "3114", "3114", "https://3114.fr/que-se-passe-t-il-quand-je-contacte-le-3114/", _CHECKED
    ),
    "GB": CrisisLine("116 123", "Samaritans", _SAMARITANS, _CHECKED),
    "IE": CrisisLine("116 123", "Samaritans", _SAMARITANS, _CHECKED),
    "MX": CrisisLine(
        "800 911 2000",
        "Línea de la Vida",
        "https://www.eluniversal.com.mx/nacion/promueven-la-linea-de-la-vida-tras-presentar-encuesta-sobre-consumo-de-drogas-asi-puedes-pedir-ayuda/",
        _CHECKED,
    ),
    "NZ": CrisisLine("1737", "1737", "https://1737.org.nz/", _CHECKED),
    "US": CrisisLine("988", "Suicide & Crisis Lifeline", "https://988lifeline.org/", _CHECKED),
}


_STATE_OF: Final = {
    territory: state for state, territories in TERRITORIES.items() for territory in territories
}


def crisis_line_for(region: str | None, *, country: str) -> CrisisLine | None:
    """The line where a patient lives, or None if none is known.

    `region` is the patient's (ISO 3166-2), `country` the clinic's.
    """
    lives_in = (region or country).partition("-")[0]
    return CRISIS_LINES.get(_STATE_OF.get(lives_in, lives_in))
