"""Reads replies by the rules of the shipped catalog."""

from collections.abc import Sequence
from functools import cache
from typing import Final

import sqlalchemy as sa

from services.content.usecases.check_reading_rules import shipped_reading_rules
from services.contracts.check_in_questions import CheckInChoice
from services.contracts.content import CurrentReadingRules
from services.contracts.reading_rules import ReadingRules
from services.contracts.words import CheckInLevel
from services.reading.known_words import known_words
from services.reading.reading import Reading, ReplyReader
from services.reminders.check_ins.storage.reading_rules import ReadingRulesRepository

CALMING: Final = CheckInChoice(
    value="1",
    label="calming down",
    level=CheckInLevel.GREEN,
    words=("better", "good", "all good", "fine", "great", "well", "mejor", "bien", "calmandose"),
)
NO_CHANGE: Final = CheckInChoice(
    value="2", label="no change", level=CheckInLevel.AMBER, words=("the same", "igual")
)
WORSE: Final = CheckInChoice(
    value="3", label="getting worse", level=CheckInLevel.RED, words=("worse", "bad", "peor", "mal")
)
OPTIONS: Final = (CALMING, NO_CHANGE, WORSE)


class ShippedReaders:
    """Gives use cases the reader without asking the content service."""

    def reader(self) -> ReplyReader:
        return reply_reader()


def read(text: str, countries: Sequence[str] = ()) -> Reading:
    """Read an answer to “1 calming down, 2 no change, 3 getting worse”."""
    return reply_reader().read(text, OPTIONS, countries=countries)


@cache
def reply_reader() -> ReplyReader:
    return ReplyReader(shipped_rules(), known_words())


def shipped_rules() -> ReadingRules:
    return shipped_reading_rules().rules


def store_shipped_rules(engine: sa.Engine) -> None:
    """Store the rules where a reminders service finds them while no content service answers."""
    compiled = shipped_reading_rules()
    current = CurrentReadingRules(content_hash=compiled.content_hash, rules=compiled.rules)
    with engine.begin() as connection:
        ReadingRulesRepository(connection).put(current)
