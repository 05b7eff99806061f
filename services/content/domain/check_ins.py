"""Compiles check-ins into questions and the means to understand answers."""

from collections.abc import Iterator
from typing import Final

from services.content.domain.blocks import unwrapped
from services.content.domain.source import PlanSource, RedFlagEntry, SourceCatalog
from services.content.domain.written import CheckInSource, Email, Phrases
from services.contracts.catalog import Severity
from services.contracts.check_in_questions import (
    AnswerText,
    CheckInChoice,
    CheckInQuestion,
    CheckInReplies,
    Nudge,
    Sign,
)
from services.contracts.words import CheckInLevel

LEVEL_OF_SIGN: Final = {Severity.URGENT: CheckInLevel.RED, Severity.CAUTION: CheckInLevel.AMBER}
"""The level of an answer with signs of a red flag, by the flag's severity."""


def question(catalog: SourceCatalog, plan: PlanSource, source: CheckInSource) -> CheckInQuestion:
    """Compile the question of one step.

    Raises ValueError if the plan has no texts for check-ins, which a rule reports.
    """
    texts = plan.check_in_texts
    if texts is None:
        raise ValueError("the plan has no check_in_texts")
    replies, nudge = texts.replies, texts.nudge
    return CheckInQuestion(
        question=source.question,
        options=tuple(
            CheckInChoice(
                value=option.value,
                label=option.label,
                level=CheckInLevel(option.level.value),
                words=spoken(option.words),
            )
            for option in source.options
        ),
        signs=tuple(
            Sign(code=code, level=LEVEL_OF_SIGN[flag.severity], phrases=spoken(flag.signs))
            for code, flag in signs_to_watch(catalog, plan)
            if flag.signs
        ),
        nudge_after=source.nudge_after,
        close_after=source.close_after,
        replies=CheckInReplies(
            green=_answer(replies.green),
            amber=_answer(replies.amber),
            red=_answer(replies.red),
            unclear=_answer(replies.unclear),
        ),
        nudge=Nudge(
            sms=unwrapped(nudge.sms) if nudge.sms else None,
            email=_answer(nudge.email) if nudge.email else None,
        ),
    )


def signs_to_watch(catalog: SourceCatalog, plan: PlanSource) -> Iterator[tuple[str, RedFlagEntry]]:
    """Yield the red flags of the plan's procedures and all emergencies."""
    codes = {code for procedure in catalog.procedures_of(plan) for code in procedure.red_flags}
    for code, flag in catalog.red_flags.items():
        if (code in codes or flag.is_emergency) and flag.severity in LEVEL_OF_SIGN:
            yield code, flag


def spoken(phrases: Phrases) -> tuple[str, ...]:
    """Return the phrases of all languages, each once."""
    return tuple(dict.fromkeys(phrase for words in phrases.values() for phrase in words))


def _answer(written: Email) -> AnswerText:
    return AnswerText(text=unwrapped(written.text), subject=written.subject)
