"""The catalog that comes with the product, checked and built, without any server."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache

from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, build_release, check
from services.contracts.catalog import Release

CHECKED_ON = date(2026, 12, 1)
"""A day on which no review of the shipped catalog is overdue."""

PLAN = "plans/microneedling-aftercare.yaml"
_LAST_LINE_OF_AN_EMAIL = "Make-up is fine again if your skin is calm."


@cache
def shipped_release() -> Release:
    checked = check(shipped_files(), today=CHECKED_ON)
    assert isinstance(checked, Checked), checked
    return build_release(checked, datetime(2026, 12, 1, 12, tzinfo=UTC))


def shipped_problems_with_sentence(sentence: str) -> list[str]:
    """What is wrong with the shipped catalog when a detailed email ends in this sentence."""
    files = shipped_files()
    assert _LAST_LINE_OF_AN_EMAIL in files[PLAN]
    files[PLAN] = files[PLAN].replace(_LAST_LINE_OF_AN_EMAIL, sentence)
    checked = check(files, today=CHECKED_ON)
    return [] if isinstance(checked, Checked) else [problem.what for problem in checked]


def shipped_with_word(concept: str, word: str) -> dict[str, str]:
    """The shipped files with another English word of a concept, before all others."""
    files = shipped_files()
    name = "replies/words.yaml"
    start = rf"(?m)^{concept}:(?:[ ]*#.*)?\n  en:\s*(?:\[|- )"
    files[name], count = re.subn(start, _before(word), files[name])
    assert count == 1, f"{concept} is not in {name}"
    return files


def _before(word: str) -> Callable[[re.Match[str]], str]:
    def put(match: re.Match[str]) -> str:
        separator = ", " if match[0].endswith("[") else "\n    - "
        return f"{match[0]}{word}{separator}"

    return put
