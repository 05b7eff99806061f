"""Which texts of a catalog leave as several messages, in words."""

from collections.abc import Iterable, Iterator, Sequence

from services.content.domain.text_lengths import CrowdedHour, crowded_hours
from services.contracts.catalog import LocalizedCatalog
from services.contracts.sms.limits import CARRIED
from services.contracts.sms.names import LONGEST_NAME


def length_lines(catalogs: Iterable[LocalizedCatalog]) -> Iterator[str]:
    """Say which texts are not carried whole with the longest names."""
    for catalog in catalogs:
        crowded = list(crowded_hours(catalog, CARRIED))
        for is_gsm in (True, False):
            alike = [hour for hour in crowded if hour.is_gsm is is_gsm]
            if alike:
                yield _line(catalog.locale, alike)


def _line(locale: str, crowded: Sequence[CrowdedHour]) -> str:
    alphabet = "letters" if crowded[0].is_gsm else "letters outside GSM 7-bit"
    longest = max(crowded, key=lambda hour: hour.parts)
    hours = "; ".join(hour.hour for hour in crowded)
    return (
        f"note: {locale}: a text has at most {CARRIED.parts} parts and {CARRIED.characters}"
        f" characters. With a name of {LONGEST_NAME} {alphabet} the longest texts of a visit leave"
        f" as several messages at: {hours}. The longest, {longest.hour}, takes {longest.parts}"
        f" parts: {' + '.join(longest.plans)}."
    )
