"""The words around figures, in every locale the gateway can write.

A catalog in another language is told in English words: better than a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import Standing
from services.gateway.snapshot.dimensions import Dimension


@dataclass(frozen=True, slots=True)
class Wording:
    """`{}` stands for the figure; `locale` says by whose custom that is written."""

    locale: str
    labels: Mapping[Dimension, str]
    standings: Mapping[Standing, str]
    unknown: str
    typically: str
    up_to: str
    at_least: str
    per_session: str
    in_total: str
    of_ten: str


_ENGLISH = Wording(
    locale="en",
    labels={
        Dimension.INVASIVENESS: "Invasiveness",
        Dimension.DISCOMFORT: "Discomfort",
        Dimension.DOWNTIME: "Downtime",
        Dimension.REDNESS: "Redness",
        Dimension.SESSIONS: "Sessions",
        Dimension.INTERVAL: "Time between sessions",
        Dimension.SESSION_LENGTH: "Length of a session",
        Dimension.RESULTS_AFTER: "Results show after",
        Dimension.RESULTS_LAST: "Results last",
        Dimension.DEPTH: "Depth",
        Dimension.ANESTHESIA: "Anesthesia",
        Dimension.SKIN_TYPES: "Skin types",
        Dimension.CONCERNS: "Treats",
        Dimension.SERIOUS_RISKS: "Rare but serious risks",
        Dimension.COST: "Cost",
        Dimension.PERFORMED_BY: "Performed by",
    },
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
    locale="es",
    labels={
        Dimension.INVASIVENESS: "Invasividad",
        Dimension.DISCOMFORT: "Molestia",
        Dimension.DOWNTIME: "Tiempo de recuperación",
        Dimension.REDNESS: "Enrojecimiento",
        Dimension.SESSIONS: "Sesiones",
        Dimension.INTERVAL: "Tiempo entre sesiones",
        Dimension.SESSION_LENGTH: "Duración de una sesión",
        Dimension.RESULTS_AFTER: "Resultados visibles tras",
        Dimension.RESULTS_LAST: "Los resultados duran",
        Dimension.DEPTH: "Profundidad",
        Dimension.ANESTHESIA: "Anestesia",
        Dimension.SKIN_TYPES: "Tipos de piel",
        Dimension.CONCERNS: "Trata",
        Dimension.SERIOUS_RISKS: "Riesgos raros pero graves",
        Dimension.COST: "Precio",
        Dimension.PERFORMED_BY: "Lo realiza",
    },
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


def wording_for(locale: str) -> Wording:
    return _BY_LANGUAGE.get(locale.partition("-")[0], _ENGLISH)
