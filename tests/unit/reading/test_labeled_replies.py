"""Holds the shipped rules to what labeled texts say. A better figure moves its bound."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from services.content.source.reader import shipped_files
from services.launcher.labeled_replies import read_labeled_replies
from services.launcher.reply_questions import read_reply_catalog
from services.launcher.reply_scores import Mistake, Score, mistakes

_FOLDER: Final = Path(__file__).parents[2] / "data" / "replies"


@cache
def scores(name: str) -> tuple[Score, ...]:
    """Every text of a file, read as an answer to a usual question of the shipped plans."""
    catalog = read_reply_catalog(shipped_files())
    asked = catalog.question()
    labeled = read_labeled_replies(_FOLDER / f"{name}.csv")
    return tuple(
        Score(
            reply,
            catalog.reader.read(
                reply.text, asked.question.options, own_texts=(asked.question.question,)
            ),
        )
        for reply in labeled.replies
    )


@pytest.mark.parametrize(
    ("name", "kind", "most"),
    [
        ("kept_apart", Mistake.MISSED_RED, 8),
        ("kept_apart", Mistake.FALSE_RED, 7),
        ("kept_apart", Mistake.WRONG_GREEN, 2),
        ("kept_apart", Mistake.MISSED_GREEN, 17),
        ("kept_apart", Mistake.MISSED_REFUSAL, 4),
        ("kept_apart", Mistake.FALSE_OPT_OUT, 0),
        ("development", Mistake.MISSED_RED, 29),
        ("development", Mistake.FALSE_RED, 47),
        ("development", Mistake.WRONG_GREEN, 3),
        ("development", Mistake.MISSED_REFUSAL, 16),
        ("red_flags", Mistake.MISSED_RED, 16),
        ("look_alikes", Mistake.FALSE_RED, 34),
        ("everyday", Mistake.FALSE_RED, 5),
        ("everyday", Mistake.FALSE_OPT_OUT, 0),
        ("everyday", Mistake.FALSE_HOLD, 0),
        ("everyday_alarming", Mistake.FALSE_RED, 56),
        ("everyday_alarming", Mistake.FALSE_OPT_OUT, 1),
        ("everyday_alarming", Mistake.FALSE_HOLD, 4),
    ],
)
def test_no_more_texts_are_misread_than_before(name: str, kind: Mistake, most: int) -> None:
    assert len(mistakes(scores(name), kind)) <= most
