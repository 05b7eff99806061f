"""Who has to decide, and what is asked again: which steps count, and which do not."""

import pytest

from tests.support.content.pack import PLAN, broken, problems

CONDITIONS = "contraindications.yaml"
DECISION = "kind: CLINICIAN_TASK\n    title: Decide\n    body: [Decide on cover.]\n    day: -3\n"
QUESTION = """\
steps:
  - key: day-minus-2-what-is-new
    kind: PREPARE
    title: Is anything new?
    body: [Tell us.]
    after: -PT48H
    useful_for: P1D
    asks: [PREGNANCY]
    sources: [study]
    messages:
      sms: {discreet: "{{ clinic_name }}: well?", detailed: "{{ clinic_name }}: well?"}
"""


def with_condition(rule: str, old: str, new: str) -> list[str]:
    """The problems of a pack whose condition has `rule`, and whose plan says `new` for `old`."""
    files = broken(PLAN, old, new)
    files[CONDITIONS] += f"  {rule}: true\n"
    return problems(files)


def test_a_task_before_the_procedure_decides() -> None:
    decided = f"{DECISION}    decides: [PREGNANCY]\n"

    assert with_condition("needs_decision", DECISION, decided) == []


def test_a_task_after_the_procedure_decides_too_late() -> None:
    late = f"{DECISION}    decides: [PREGNANCY]\n".replace("day: -3", "day: 3")

    reported = with_condition(
        "needs_decision", f"day-minus-3-decision\n    {DECISION}", late_key(late)
    )

    assert any("nobody decides on PREGNANCY" in problem for problem in reported)


def test_a_message_to_the_patient_decides_nothing() -> None:
    reported = with_condition(
        "needs_decision", "steps:\n", QUESTION.replace("asks: [PREG", "decides: [PREG")
    )

    assert len(reported) == 1
    assert "nobody decides on PREGNANCY" in reported[0]


@pytest.mark.parametrize("lead", ["-PT24H", "-PT72H"])
def test_a_question_shortly_before_asks(lead: str) -> None:
    question = QUESTION.replace("-PT48H", lead).replace("minus-2", f"minus-{days(lead)}")

    assert with_condition("asked_again", "steps:\n", question) == []


def test_a_question_a_week_before_asks_too_early() -> None:
    question = QUESTION.replace("-PT48H", "-P7D").replace("minus-2", "minus-7")

    reported = with_condition("asked_again", "steps:\n", question)

    assert len(reported) == 1
    assert "nobody asks about PREGNANCY in the last 3 days" in reported[0]


def test_a_lead_that_cannot_be_read_is_told_once_for_what_it_is() -> None:
    reported = with_condition("asked_again", "steps:\n", QUESTION.replace("-PT48H", "two days"))

    assert any("'two days' is not a duration" in problem for problem in reported)


def late_key(step: str) -> str:
    return f"day-3-decision\n    {step}"


def days(lead: str) -> int:
    return int(lead.removeprefix("-PT").removesuffix("H")) // 24
