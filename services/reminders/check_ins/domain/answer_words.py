"""Words around an answer to a check-in, in English and Spanish.

Red flags are defined by the plan, not here. Words are in lower case, without accents and
apostrophes.
"""

from collections.abc import Mapping
from typing import Final

NUMBERS: Final[Mapping[str, int]] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
}  # fmt: skip

FILLERS: Final = frozenset(
    {
        *("please", "thanks", "thank", "you", "hi", "hello", "option", "number", "answer", "its"),
        *("im", "feeling", "doing"),
        *(
            "gracias",
            "hola",
            "opcion",
            "numero",
            "respuesta",
            "por",
            "favor",
            "estoy",
            "siento",
            "me",
        ),
    }
)
"""Words that do not change the meaning of the option they accompany."""

NEGATIONS: Final = frozenset(
    {
        *("no", "not", "without", "never", "nor", "dont", "doesnt", "havent", "hasnt", "isnt"),
        *("arent", "didnt", "wasnt", "sin", "ningun", "ninguna", "nunca", "tampoco", "ni"),
    }
)
"""Words that deny the sign that follows. An answer that denies a sign is still not GREEN."""

BREAKS: Final = frozenset(
    {
        *("any", "have", "had", "the", "a", "is", "more", "sign", "signs", "of"),
        *("tengo", "hay", "he", "ha", "tenido", "habido", "nada", "de", "el", "mas"),
    }
)
"""Words allowed between a negation and the sign: “don't have any pus”, “no signs of pus”."""

NO_TYPOS: Final = frozenset(
    {
        *("fewer", "fever's", "bleeding's", "blaster", "spending", "better", "bitter", "birth"),
        *("sever", "several", "weather", "leather", "peeling", "healing", "feeling", "redress"),
        *("cooking", "blending"),
    }
)
"""Correct words that look like misspellings of a sign."""

THERMOMETER: Final = frozenset(
    {
        *("temp", "temperature", "fever", "feverish", "thermometer", "degrees", "degree"),
        *("fiebre", "calentura", "temperatura", "termometro", "grados"),
    }
)
"""Words that make a number in the same message a temperature."""

DEGREES: Final = frozenset({"c", "f", "degrees", "degree", "grados", "celsius", "fahrenheit"})

MEASURES: Final = frozenset(
    {
        *("min", "mins", "minute", "minutes", "hour", "hours", "h", "hrs", "day", "days", "week"),
        *("weeks", "year", "years", "yrs", "times", "mg", "ml", "percent", "am", "pm"),
        *("minutos", "horas", "dias", "semanas", "anos", "veces", "por", "ciento"),
    }
)
"""Units that show that a number is not a temperature."""

FAHRENHEIT_OF: Final = (93.0, 110.0)
"""The range of body temperatures in °F."""
