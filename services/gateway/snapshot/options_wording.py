"""The texts of the reasons for and against a procedure, in every language the gateway writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import EvidenceLevel, Standing
from services.gateway.snapshot.dimensions import Dimension

Wish = tuple[str, str, str]
"""The texts for a figure within the limit, beyond the limit, and unknown."""


@dataclass(frozen=True, slots=True)
class OptionsWording:
    """`{}` stands for the concern, the condition, the skin type or the figure."""

    evidence: Mapping[EvidenceLevel, str]
    condition: Mapping[Standing, str]
    conditions_not_asked: str
    conditions_without_word: str
    skin_type: Mapping[Standing, str]
    skin_type_not_given: str
    skin_type_unknown: str
    wishes: Mapping[Dimension, Wish]


_ENGLISH = OptionsWording(
    evidence={
        EvidenceLevel.STRONG: "{}: several good studies agree that it helps.",
        EvidenceLevel.MODERATE: "{}: moderate evidence that it helps.",
        EvidenceLevel.LIMITED: "{}: limited evidence that it helps.",
        EvidenceLevel.VERY_LIMITED: "{}: very little evidence that it helps.",
        EvidenceLevel.NOT_ADVISED: "{}: what is known speaks against it.",
    },
    condition={
        Standing.YES: "{}: nothing known speaks against it.",
        Standing.WITH_CARE: "{}: possible with precautions.",
        Standing.ASK_CLINICIAN: "{}: a clinician has to decide.",
        Standing.NO: "{}: it is not done then.",
    },
    conditions_not_asked="No conditions were given, so a clinician has to ask about them.",
    conditions_without_word=(
        "Of {} of the conditions given our sources say nothing here, so ask a clinician."
    ),
    skin_type={
        Standing.YES: "Skin type {}: nothing known speaks against it.",
        Standing.WITH_CARE: "Skin type {}: done with care.",
        Standing.ASK_CLINICIAN: "Skin type {}: a clinician has to decide.",
        Standing.NO: "Skin type {}: not advised.",
    },
    skin_type_not_given="No skin type was given, and the risk of dark marks depends on it.",
    skin_type_unknown="Skin type {}: our sources say nothing.",
    wishes={
        Dimension.DOWNTIME: (
            "Downtime: {}.",
            "Downtime can take {}; you have {}.",
            "How long the downtime takes is not known.",
        ),
        Dimension.DISCOMFORT: (
            "Discomfort: {}.",
            "Discomfort can reach {}; you accept {}.",
            "How much it hurts is not known.",
        ),
        Dimension.SESSIONS: (
            "Sessions: {}.",
            "Sessions: it can take {}; you want {} at most.",
            "How many sessions it takes is not known.",
        ),
    },
)
_SPANISH = OptionsWording(
    evidence={
        EvidenceLevel.STRONG: "{}: varios estudios buenos coinciden en que ayuda.",
        EvidenceLevel.MODERATE: "{}: hay pruebas moderadas de que ayuda.",
        EvidenceLevel.LIMITED: "{}: hay pruebas limitadas de que ayuda.",
        EvidenceLevel.VERY_LIMITED: "{}: hay muy pocas pruebas de que ayude.",
        EvidenceLevel.NOT_ADVISED: "{}: lo que se sabe habla en contra.",
    },
    condition={
        Standing.YES: "{}: nada de lo conocido habla en contra.",
        Standing.WITH_CARE: "{}: posible con precauciones.",
        Standing.ASK_CLINICIAN: "{}: debe decidirlo un profesional.",
        Standing.NO: "{}: en ese caso no se hace.",
    },
    conditions_not_asked="No se indicó ninguna condición; un profesional debe preguntar por ellas.",
    conditions_without_word=(
        "Sobre {} de las condiciones indicadas nuestras fuentes no dicen nada; consulte a un "
        "profesional."
    ),
    skin_type={
        Standing.YES: "Tipo de piel {}: nada de lo conocido habla en contra.",
        Standing.WITH_CARE: "Tipo de piel {}: se hace con precaución.",
        Standing.ASK_CLINICIAN: "Tipo de piel {}: debe decidirlo un profesional.",
        Standing.NO: "Tipo de piel {}: no se aconseja.",
    },
    skin_type_not_given=(
        "No se indicó el tipo de piel, y de él depende el riesgo de manchas oscuras."
    ),
    skin_type_unknown="Tipo de piel {}: nuestras fuentes no dicen nada.",
    wishes={
        Dimension.DOWNTIME: (
            "Recuperación: {}.",
            "La recuperación puede durar {}; usted dispone de {}.",
            "No se sabe cuánto dura la recuperación.",
        ),
        Dimension.DISCOMFORT: (
            "Molestia: {}.",
            "La molestia puede llegar a {}; usted acepta {}.",
            "No se sabe cuánto duele.",
        ),
        Dimension.SESSIONS: (
            "Sesiones: {}.",
            "Sesiones: pueden hacer falta {}; usted quiere {} como mucho.",
            "No se sabe cuántas sesiones requiere.",
        ),
    },
)
_BY_LANGUAGE: Final[Mapping[str, OptionsWording]] = {"en": _ENGLISH, "es": _SPANISH}


def options_wording_for(locale: str) -> OptionsWording:
    return _BY_LANGUAGE.get(locale.partition("-")[0], _ENGLISH)
