"""Which texts of a catalog providers do not carry whole, in words."""

from collections.abc import Iterable, Iterator, Sequence

from services.content.domain.text_lengths import CrowdedHour, crowded_hours
from services.contracts.catalog import LocalizedCatalog
from services.contracts.sms_limits import LIMITS, SmsLimit
from services.contracts.sms_names import LONGEST_NAME


def length_lines(catalogs: Iterable[LocalizedCatalog]) -> Iterator[str]:
    """Say for each provider which texts leave as several messages with the longest names."""
    for catalog in catalogs:
        for provider, limit in LIMITS.items():
            crowded = list(crowded_hours(catalog, limit))
            for is_gsm in (True, False):
                alike = [hour for hour in crowded if hour.is_gsm is is_gsm]
                if alike:
                    yield _line(f"{catalog.locale}, {provider}", limit, alike)


def _line(where: str, limit: SmsLimit, crowded: Sequence[CrowdedHour]) -> str:
    most = f"{limit.parts} parts" if limit.parts else f"{limit.characters} characters"
    letters = "letters" if crowded[0].is_gsm else "letters outside GSM 7-bit"
    longest = max(crowded, key=lambda hour: hour.parts)
    hours = "; ".join(hour.hour for hour in crowded)
    return (
        f"note: {where} carries {most}. With a name of {LONGEST_NAME} {letters} the longest texts"
        f" of a visit leave as several messages at: {hours}. The longest, {longest.hour}, takes"
        f" {longest.parts} parts: {' + '.join(longest.plans)}."
    )
