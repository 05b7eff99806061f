"""The concepts that this package looks for itself. Rules without one of them cannot be used."""

from typing import Final

SIGN_CONCEPTS: Final = (
    "FEVER", "SHAKE", "PUS", "SWOLLEN", "BLISTER", "BLEED", "PAIN", "ITCH", "RED", "NUMB", "HIVES",
    "COLLAPSE", "VOMIT", "BURNING", "FLUID", "PATCH", "SCAR", "LEAKS", "BURN", "PALPITATIONS",
    "BREATHING_TROUBLE", "SMELL",
)  # fmt: skip
"""Concepts that name a sign: after one, a denial goes on over commas and “and”."""

WORD_LISTS: Final = frozenset({
    "ACCORDING_TO", "ADDS", "AFTER_AMOUNT", "ANSWERS_NO", "ARTICLES", "BARE_OK", "BEFORE_AMOUNT",
    "BELOW", "BUT", "CARE", "CHANGES_OPTION", "CLOSINGS", "COLD", "COMPARES", "COMPARING",
    "COMPLAINS", "DEGREES", "DENIES_OPTION", "DENIES_RELIEF", "DETERMINERS", "EARLIER", "EIGHT",
    "ENDS_READING", "EXTREMITIES", "FIRST", "FIVE", "FOLLOWS_ANSWER", "FOLLOWS_OPTION", "FORTY",
    "FOUR", "FOURTH", "GONE_ON", "HALF", "HUNDRED", "INTRODUCES_OPTION", "I_AM", "JOINS_OPTIONS",
    "LAUGHS", "LEVEL", "LINKS_THING", "LISTS_ON", "MEANWHILE", "MEASURES", "MOMENTS",
    "NAMES_OPTION", "NINE", "NINETY", "NORMAL", "NOT", "NOW", "NO_LEVEL", "OH", "ONE", "OPINIONS",
    "OPTION_FILLERS", "OPTION_NOUNS", "OPTION_NOW", "OPTION_PAST", "OUT_OF", "PAIN_SCORED",
    "PAIN_TO_SCORE", "PLUS", "POINT", "POINTS_AT_PERSON", "PREPOSITIONS", "REACHES", "READS",
    "SCALE_WORDS", "SCORE_TO_PAIN", "SECOND", "SEVEN", "SIX", "STATES", "STRENGTHENS", "SUBJECTS",
    "TEN", "THAN", "THE", "THINGS", "THIRD", "THIRTY", "THREE", "TITLES", "TWO", "VOCATIVES",
    "WEIGHS_OPTIONS", "WRITERS", "ZERO",
})  # fmt: skip
"""Concepts of single words that are looked up one by one. No pattern may name them."""

NEEDED: Final = frozenset(SIGN_CONCEPTS) | WORD_LISTS | {
    "AFTER_DENIES", "ASIDE", "ASKS", "BEGINS_ASSERTION", "DENIES", "DOES_NOT_DENY", "ENDS_DENIAL",
    "FOR_ME", "FULL_MARKS", "GREAT_PAIN", "HERE", "HYPOTHETICAL", "IF", "IS_OVER", "LESS",
    "LONG_AGO", "NAMES_SCALE", "NEW_TOPIC", "NOT_IF", "NOT_ME", "NOT_OVER", "OF_TEN", "ONESELF",
    "ONLY_ASKED", "OTHER_PERSON", "OUTSIDE", "RESOLVED", "RETURNS", "RISES", "SAYS", "THERMOMETER",
    "THIS_TREATMENT", "WONT_STOP",
}  # fmt: skip

NEEDED_FOR_REFUSALS: Final = frozenset({"JOKES", "LINKS", "MISTAKEN", "NEGATES", "OTHERS"})
BOUNDS: Final = frozenset({"START", "END"})
"""Where a clause begins and ends: concepts of refusals that no words stand for."""
