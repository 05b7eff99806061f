import pytest

from services.contracts.words import CheckInLevel
from services.launcher.labeled_replies import LabeledReply
from services.launcher.reply_scores import (
    Mistake,
    Score,
    everyday_lines,
    matrix_lines,
    mistake_lines,
    mistakes,
    summary_lines,
)
from services.reading.reading import Reading
from services.reading.refusals import Refusal

RED, AMBER, GREEN, UNCLEAR = (
    CheckInLevel.RED,
    CheckInLevel.AMBER,
    CheckInLevel.GREEN,
    CheckInLevel.UNCLEAR,
)


def score(
    label: CheckInLevel,
    level: CheckInLevel | None,
    *,
    refusal: bool = False,
    refused: Refusal = Refusal.NONE,
) -> Score:
    reply = LabeledReply(line=2, text="a text", level=label, refusal=refusal)
    return Score(reply, Reading(level=level, refusal=refused, reasons=("a reason",)))


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        (score(RED, UNCLEAR), {Mistake.MISSED_RED}),
        (score(RED, GREEN), {Mistake.MISSED_RED, Mistake.WRONG_GREEN}),
        (score(UNCLEAR, RED), {Mistake.FALSE_RED}),
        (score(AMBER, RED), {Mistake.FALSE_RED}),
        (score(AMBER, None), {Mistake.MISSED_AMBER}),
        (score(GREEN, UNCLEAR), {Mistake.MISSED_GREEN}),
        (score(UNCLEAR, None), set()),
        (score(UNCLEAR, UNCLEAR, refusal=True), {Mistake.MISSED_REFUSAL}),
        (score(UNCLEAR, UNCLEAR, refusal=True, refused=Refusal.HELD), set()),
        (score(UNCLEAR, UNCLEAR, refused=Refusal.OPT_OUT), {Mistake.FALSE_OPT_OUT}),
        (score(UNCLEAR, UNCLEAR, refused=Refusal.HELD), {Mistake.FALSE_HOLD}),
    ],
)
def test_a_mistake_is_of_its_kind_alone(scored: Score, expected: set[Mistake]) -> None:
    assert {kind for kind in Mistake if mistakes([scored], kind)} == expected


def test_the_matrix_counts_labels_by_levels() -> None:
    scores = [score(RED, RED), score(RED, UNCLEAR), score(UNCLEAR, None), score(GREEN, GREEN)]

    assert [line.split() for line in matrix_lines(scores)] == [
        ["label", "\\", "read", "RED", "AMBER", "GREEN", "UNCLEAR", "NO", "ANSWER"],
        ["RED", "1", "0", "0", "1", "0"],
        ["AMBER", "0", "0", "0", "0", "0"],
        ["GREEN", "0", "0", "1", "0", "0"],
        ["UNCLEAR", "0", "0", "0", "0", "1"],
    ]


def test_the_summary_has_counts_and_shares() -> None:
    scores = [score(RED, RED), score(RED, UNCLEAR), score(UNCLEAR, RED), score(GREEN, GREEN)]

    lines = [" ".join(line.split()) for line in summary_lines(scores)]

    assert lines[:4] == [
        "missed RED 1 of 2 50.0 %",
        "false RED 1 of 2 50.0 %",
        "wrong GREEN 0 of 3 0.0 %",
        "GREEN recall 1 of 1 100.0 %",
    ]
    assert "missed refusals 0 of 0 –" in lines


def test_everyday_texts_are_counted_in_10_000() -> None:
    scores = [score(UNCLEAR, RED), *[score(UNCLEAR, UNCLEAR)] * 1_999]

    lines = [" ".join(line.split()) for line in everyday_lines(scores)]

    assert "2,000 texts" in lines[0]
    assert lines[1] == "RED 5.0 (1)"


def test_a_mistake_is_shown_with_its_line_and_reasons() -> None:
    lines = list(mistake_lines([score(RED, None, refused=Refusal.HELD)], Mistake.MISSED_RED))

    assert lines == ["line 2: RED read as NO ANSWER, HELD", "    a text", "    a reason"]
