"""Words around an answer to a check-in, English and Spanish: data, so that adding one is a line.

What is a red flag stands in the plan's own rules. Words are in lower case, without accents and
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
"""Said beside an option, they change nothing."""

NEGATIONS: Final = frozenset(
    {
        *("no", "not", "without", "never", "nor", "dont", "doesnt", "havent", "hasnt", "isnt"),
        *("arent", "didnt", "wasnt", "sin", "ningun", "ninguna", "nunca", "tampoco", "ni"),
    }
)
"""Right before a sign they deny it; an answer that denies one is still no good news."""

BREAKS: Final = frozenset(
    {
        *("any", "have", "had", "the", "a", "is", "more", "sign", "signs", "of"),
        *("tengo", "hay", "he", "ha", "tenido", "habido", "nada", "de", "el", "mas"),
    }
)
"""May stand between a negation and what it denies: “don't have any pus”, “no signs of pus”."""

NO_SLIPS: Final = frozenset(
    {
        *("fewer", "fever's", "bleeding's", "blaster", "spending", "better", "bitter", "birth"),
        *("sever", "several", "weather", "leather", "peeling", "healing", "feeling", "redress"),
        *("cooking", "blending"),
    }
)
"""Words of their own that look like slips of other ones."""

THERMOMETER: Final = frozenset(
    {
        *("temp", "temperature", "fever", "feverish", "thermometer", "degrees", "degree"),
        *("fiebre", "calentura", "temperatura", "termometro", "grados"),
    }
)
"""What a number in the same message is a temperature by."""

DEGREES: Final = frozenset({"c", "f", "degrees", "degree", "grados", "celsius", "fahrenheit"})

MEASURES: Final = frozenset(
    {
        *("min", "mins", "minute", "minutes", "hour", "hours", "h", "hrs", "day", "days", "week"),
        *("weeks", "year", "years", "yrs", "times", "mg", "ml", "percent", "am", "pm"),
        *("minutos", "horas", "dias", "semanas", "anos", "veces", "por", "ciento"),
    }
)
"""Units that a temperature does not have."""

FAHRENHEIT_OF: Final = (93.0, 110.0)
"""What a number of degrees must be between to be Fahrenheit."""
