"""Keywords that patients text back, by language and country.

English contains the words that US rules name (47 CFR 64.1200(a)(10)) and those that the large
carriers act on. Other languages add what carriers document and what people there write. A list
applies everywhere unless it names countries: “alto” stops messages in Mexico but means “high” in
Portugal. Words are written in capitals, without spaces, hyphens or accents.
"""

from typing import Final

import msgspec


class WordList(msgspec.Struct, frozen=True, kw_only=True):
    """`countries` are ISO 3166-1 codes of clinics. None means everywhere."""

    language: str
    opt_out: tuple[str, ...]
    opt_in: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    countries: frozenset[str] | None = None


_SPANISH_SPEAKING: Final = frozenset(
    {
        *("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GT", "HN", "MX"),
        *("NI", "PA", "PE", "PR", "PY", "SV", "US", "UY", "VE"),
    }
)

WORDS: Final = (
    WordList(
        language="en",
        opt_out=(
            *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"),
            *("REVOKE", "OPTOUT", "REMOVE", "TD"),
        ),
        opt_in=("START", "UNSTOP"),  # carriers accept YES too, but here it may answer a question
        help=("HELP", "INFO"),
    ),
    WordList(language="fr", opt_out=("ARRET", "ARRETER"), help=("AIDE",)),
    WordList(language="es", opt_out=("BAJA",), help=("AYUDA",)),
    WordList(
        language="es",
        opt_out=("ALTO", "PARAR", "DETENER", "CANCELAR"),
        countries=_SPANISH_SPEAKING,
    ),
    WordList(language="pt", opt_out=("PARAR", "SAIR"), countries=frozenset({"BR", "PT"})),
    WordList(language="de", opt_out=("STOPP", "ABMELDEN"), help=("HILFE",)),
    WordList(language="it", opt_out=("ANNULLA",), help=("AIUTO",), countries=frozenset({"IT"})),
    WordList(language="nl", opt_out=("AFMELDEN",), countries=frozenset({"BE", "NL"})),
    WordList(language="ja", opt_out=("ストップ", "停止", "配信停止", "解除")),
    WordList(language="zh", opt_out=("退订", "取消订阅")),
    WordList(language="zh", opt_out=("T",), countries=frozenset({"CN"})),
)

FILLERS: Final = frozenset(
    {"PLEASE", "PLS", "NOW", "ALL", "THANKS", "POR", "FAVOR", "SVP", "BITTE"}
)
"""Words that do not change the meaning of the opt-out word they accompany."""

MAYBE: Final = (
    *("STOP TEXT", "STOP MESSAG", "STOP SENDING", "STOP CONTACT", "STOP THESE", "STOP THE TEXT"),
    *("DONT TEXT", "DO NOT TEXT", "DONT MESSAGE", "DO NOT MESSAGE", "DONT CONTACT"),
    *("DO NOT CONTACT", "NO MORE TEXT", "NO MORE MESSAG", "TAKE ME OFF", "REMOVE ME"),
    *("OPT ME OUT", "OPT OUT", "UNSUBSCRIBE", "WRONG NUMBER", "WRONG PERSON", "LEAVE ME ALONE"),
    *("NO MAS MENSAJES", "DEJEN DE", "DEJE DE", "NUMERO EQUIVOCADO", "DAR DE BAJA"),
    *("PLUS DE MESSAGE", "MAUVAIS NUMERO"),
)
"""Beginnings of phrases that a reasonable person may mean as an opt-out."""

NEVER: Final = ("DONT STOP", "DO NOT STOP", "NEVER STOP", "NO PARES", "NO PAREN")
"""Phrases that ask for the opposite."""

FIRST_WORDS: Final = frozenset({"STOP", "QUIT", "UNSUBSCRIBE", "ARRET", "BAJA", "STOPP"})
MOST_WORDS: Final = 5
"""A text of at most so many words that begins with a first word may be an opt-out."""
