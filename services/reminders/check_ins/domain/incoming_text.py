"""A text from outside, and what is needed to read it."""

from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.words import CheckInLevel
from services.reading.cleaning import fold, tokens
from services.reading.reading import Reading, ReplyReader
from services.reading.refusals import Refusal

CRISIS: Final = "CRISIS"
"""The code of thoughts of death."""

_SHORTEST_COPY: Final = 40
"""Characters of a text that may copy one of ours. A shorter one is what the patient has to say,
even if our own texts use the same words: “trouble breathing”."""


_MARKS: Final = frozenset(".,!:)-#\n")
"""What may stand beside the words of an option without changing it."""


class IncomingText(msgspec.Struct, frozen=True, kw_only=True):
    """`own_texts` are our last messages to the writer; `countries` those of the clinics."""

    reader: ReplyReader
    text: str
    own_texts: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()

    def read(self, question: CheckInQuestion | None = None) -> Reading:
        """Read the text, as an answer to a question if there is one."""
        own_texts = self.own_texts if len(self.text.strip()) >= _SHORTEST_COPY else ()
        if question is None:
            return self.reader.read(self.text, own_texts=own_texts, countries=self.countries)
        reading = self.reader.read(
            self.text,
            question.options,
            fever_celsius=question.fever_celsius,
            own_texts=own_texts,
            countries=self.countries,
        )
        return _as_option(reading, self.text, question)


def _as_option(reading: Reading, text: str, question: CheckInQuestion) -> Reading:
    """Rate a text that is an option word for word by the option: “a bit worse” is no more.

    A question mark or a sad face is one word more.
    """
    if reading.level is None or reading.choice is not None:
        return reading
    words = _words(text)
    for option in question.options:
        wordings = [_words(wording) for wording in (option.label, *option.words)]
        if words in wordings or words in [[option.value, *wording] for wording in wordings]:
            return msgspec.structs.replace(
                reading, level=option.level, rule=None, choice=option.value
            )
    return reading


def _words(text: str) -> list[str]:
    return [token for token in tokens(fold(text)) if token not in _MARKS]


def for_a_person(reading: Reading) -> Reading:
    """The same reading without its answer: a person has to read the text."""
    return msgspec.structs.replace(reading, level=CheckInLevel.UNCLEAR, rule=None, choice=None)


def is_relief(reading: Reading) -> bool:
    """Whether a text was rated GREEN by its words, and not because it names an option."""
    return reading.level is CheckInLevel.GREEN and reading.choice is None


def is_opt_out(reading: Reading) -> bool:
    """Whether a text plainly refuses further messages."""
    return reading.refusal is Refusal.OPT_OUT


def says_something(reading: Reading) -> bool:
    """Whether a text is more than thanks, a like, a bare “ok” or a copy of our own words."""
    return reading.level is not None or reading.refusal is not Refusal.NONE
