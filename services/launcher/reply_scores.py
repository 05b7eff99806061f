"""Compares how replies are read with how people have labeled them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.words import CheckInLevel
from services.launcher.labeled_replies import LabeledReply
from services.reading.reading import Reading
from services.reading.refusals import Refusal

_LEVELS: Final = (
    CheckInLevel.RED,
    CheckInLevel.AMBER,
    CheckInLevel.GREEN,
    CheckInLevel.UNCLEAR,
)
_NO_ANSWER: Final = "NO ANSWER"
_WIDTH: Final = 11


class Mistake(StrEnum):
    """A kind of mistake that can be listed."""

    MISSED_RED = "missed-red"
    FALSE_RED = "false-red"
    WRONG_GREEN = "wrong-green"
    MISSED_GREEN = "missed-green"
    MISSED_AMBER = "missed-amber"
    MISSED_REFUSAL = "missed-refusal"
    FALSE_OPT_OUT = "false-opt-out"
    FALSE_HOLD = "false-hold"


class Score(msgspec.Struct, frozen=True):
    """A labeled reply, and how it was read."""

    reply: LabeledReply
    reading: Reading


_IS: Final[dict[Mistake, Callable[[LabeledReply, Reading], bool]]] = {
    Mistake.MISSED_RED: lambda reply, reading: (
        reply.level is CheckInLevel.RED and reading.level is not CheckInLevel.RED
    ),
    Mistake.FALSE_RED: lambda reply, reading: (
        reply.level is not CheckInLevel.RED and reading.level is CheckInLevel.RED
    ),
    Mistake.WRONG_GREEN: lambda reply, reading: (
        reply.level is not CheckInLevel.GREEN and reading.level is CheckInLevel.GREEN
    ),
    Mistake.MISSED_GREEN: lambda reply, reading: (
        reply.level is CheckInLevel.GREEN and reading.level is not CheckInLevel.GREEN
    ),
    Mistake.MISSED_AMBER: lambda reply, reading: (
        reply.level is CheckInLevel.AMBER
        and reading.level not in (CheckInLevel.RED, CheckInLevel.AMBER)
    ),
    Mistake.MISSED_REFUSAL: lambda reply, reading: (
        reply.refusal and reading.refusal is Refusal.NONE
    ),
    Mistake.FALSE_OPT_OUT: lambda reply, reading: (
        not reply.refusal and reading.refusal is Refusal.OPT_OUT
    ),
    Mistake.FALSE_HOLD: lambda reply, reading: (
        not reply.refusal and reading.refusal is Refusal.HELD
    ),
}


def mistakes(scores: Iterable[Score], kind: Mistake) -> list[Score]:
    return [score for score in scores if _IS[kind](score.reply, score.reading)]


def matrix_lines(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the confusion matrix: a row for each label, a column for each level read."""
    columns = (*_LEVELS, _NO_ANSWER)
    counts = Counter((score.reply.level, score.reading.level or _NO_ANSWER) for score in scores)
    yield "label \\ read" + "".join(f"{column:>{_WIDTH}}" for column in columns)
    for level in _LEVELS:
        cells = "".join(f"{counts[level, column]:>{_WIDTH},}" for column in columns)
        yield f"{level:<12}{cells}"


def summary_lines(scores: Sequence[Score]) -> Iterator[str]:
    reds = _count(scores, CheckInLevel.RED)
    greens = _count(scores, CheckInLevel.GREEN)
    ambers = _count(scores, CheckInLevel.AMBER)
    refusals = sum(score.reply.refusal for score in scores)
    known_greens = greens - len(mistakes(scores, Mistake.MISSED_GREEN))
    yield _line("missed RED", len(mistakes(scores, Mistake.MISSED_RED)), reds)
    yield _line("false RED", len(mistakes(scores, Mistake.FALSE_RED)), len(scores) - reds)
    yield _line("wrong GREEN", len(mistakes(scores, Mistake.WRONG_GREEN)), len(scores) - greens)
    yield _line("GREEN recall", known_greens, greens)
    yield _line("missed AMBER", len(mistakes(scores, Mistake.MISSED_AMBER)), ambers)
    yield _line("missed refusals", len(mistakes(scores, Mistake.MISSED_REFUSAL)), refusals)
    no_refusals = len(scores) - refusals
    yield _line("false opt-outs", len(mistakes(scores, Mistake.FALSE_OPT_OUT)), no_refusals)
    yield _line("false holds", len(mistakes(scores, Mistake.FALSE_HOLD)), no_refusals)


def everyday_lines(scores: Sequence[Score]) -> Iterator[str]:
    """Yield how often texts that say nothing of the writer's skin are taken for something."""
    everyday = [
        score
        for score in scores
        if score.reply.level is CheckInLevel.UNCLEAR and not score.reply.refusal
    ]
    if not everyday:
        return
    yield f"Of {len(everyday):,} texts that are labeled UNCLEAR and no refusal, in 10,000:"
    for name, count in (
        ("RED", _read_as(everyday, CheckInLevel.RED)),
        ("AMBER", _read_as(everyday, CheckInLevel.AMBER)),
        ("GREEN", _read_as(everyday, CheckInLevel.GREEN)),
        ("opt-outs", len(mistakes(everyday, Mistake.FALSE_OPT_OUT))),
        ("holds", len(mistakes(everyday, Mistake.FALSE_HOLD))),
    ):
        yield f"  {name:<9}{count * 10_000 / len(everyday):8.1f}  ({count:,})"


def mistake_lines(scores: Sequence[Score], kind: Mistake) -> Iterator[str]:
    """Yield each mistake of a kind, with its line and the reasons for how it was read."""
    for score in mistakes(scores, kind):
        level = score.reading.level or _NO_ANSWER
        refusal = f", {score.reading.refusal}" if score.reading.refusal is not Refusal.NONE else ""
        yield f"line {score.reply.line}: {score.reply.level} read as {level}{refusal}"
        yield f"    {' / '.join(score.reply.text.splitlines())}"
        yield f"    {'; '.join(score.reading.reasons)}"


def _count(scores: Iterable[Score], level: CheckInLevel) -> int:
    return sum(score.reply.level is level for score in scores)


def _read_as(scores: Iterable[Score], level: CheckInLevel) -> int:
    return sum(score.reading.level is level for score in scores)


def _line(name: str, count: int, of: int) -> str:
    share = f"{100 * count / of:.1f} %" if of else "–"
    return f"{name:<16}{count:>7,} of {of:>7,}  {share:>7}"
