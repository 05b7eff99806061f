"""The words around figures, in every language that the gateway writes.

English is used for a catalog in any other language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from services.contracts.catalog import Standing
from services.gateway.snapshot.cldr import cldr_name


@dataclass(frozen=True, slots=True)
class Wording:
    """`{}` stands for the figure. `locale` is CLDR's, and decides how the figure is formatted."""

    language: str
    locale: str
    standings: Mapping[Standing, str]
    unknown: str
    typically: str
    up_to: str
    at_least: str
    per_session: str
    in_total: str
    of_ten: str


_ENGLISH = Wording(
    language="en",
    locale="en",
    standings={
        Standing.YES: "suitable",
        Standing.WITH_CARE: "with care",
        Standing.ASK_CLINICIAN: "ask a clinician",
        Standing.NO: "not advised",
    },
    unknown="Unknown",
    typically="{}, typically {}",
    up_to="up to {}",
    at_least="at least {}",
    per_session="{} per session",
    in_total="{} in total",
    of_ten="{} of 10",
)

_SPANISH = Wording(
    language="es",
    locale="es",
    standings={
        Standing.YES: "adecuado",
        Standing.WITH_CARE: "con precaución",
        Standing.ASK_CLINICIAN: "consultar a un profesional",
        Standing.NO: "no aconsejado",
    },
    unknown="No se sabe",
    typically="{}, lo habitual {}",
    up_to="hasta {}",
    at_least="al menos {}",
    per_session="{} por sesión",
    in_total="{} en total",
    of_ten="{} de 10",
)

_BY_LANGUAGE: Final[Mapping[str, Wording]] = {"en": _ENGLISH, "es": _SPANISH}


@lru_cache
def wording_for(reader: str) -> Wording:
    """Return the words of a reader's language, with the figures of the reader's place."""
    wording = _BY_LANGUAGE.get(reader.partition("-")[0])
    if wording is None:
        return _ENGLISH
    return replace(wording, locale=cldr_name(reader) or wording.locale)
