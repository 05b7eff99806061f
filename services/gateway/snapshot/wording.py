"""The words around figures, in every locale the gateway can write.

A catalog in another language is told in English words: better than a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import Standing
from services.gateway.snapshot.dimensions import Dimension, Unit


@dataclass(frozen=True, slots=True)
class Wording:
    """`units` are a word for one and a word for many; `{}` stands for the figure."""

    labels: Mapping[Dimension, str]
    units: Mapping[Unit, tuple[str, str]]
    standings: Mapping[Standing, str]
    unknown: str
    typically: str
    up_to: str
    at_least: str
    per_session: str
    in_total: str
    decimal_comma: bool


_ENGLISH = Wording(
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
    units={
        Unit.DAYS: ("{} day", "{} days"),
        Unit.MINUTES: ("{} minute", "{} minutes"),
        Unit.COUNT: ("{}", "{}"),
        Unit.MILLIMETERS: ("{} mm", "{} mm"),
        Unit.SCALE_1_10: ("{} of 10", "{} of 10"),
        Unit.SCALE_0_10: ("{} of 10", "{} of 10"),
        Unit.MONEY: ("{}", "{}"),
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
    decimal_comma=False,
)

_SPANISH = Wording(
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
    units={
        Unit.DAYS: ("{} día", "{} días"),
        Unit.MINUTES: ("{} minuto", "{} minutos"),
        Unit.COUNT: ("{}", "{}"),
        Unit.MILLIMETERS: ("{} mm", "{} mm"),
        Unit.SCALE_1_10: ("{} de 10", "{} de 10"),
        Unit.SCALE_0_10: ("{} de 10", "{} de 10"),
        Unit.MONEY: ("{}", "{}"),
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
    decimal_comma=True,
)

_BY_LANGUAGE: Final[Mapping[str, Wording]] = {"en": _ENGLISH, "es": _SPANISH}


def wording_for(locale: str) -> Wording:
    return _BY_LANGUAGE.get(locale.partition("-")[0], _ENGLISH)
