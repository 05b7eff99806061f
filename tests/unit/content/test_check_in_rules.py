"""What a check-in is held to, each rule shown by a pack that breaks it and nothing else."""

import pytest

from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import AftercareStep
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.words import CheckInLevel
from tests.support.content.asking_pack import PLAN, asking_pack, broken
from tests.support.content.broken_check_ins import BROKEN, CHECK_IN
from tests.support.content.pack import problems


def asked(files: dict[str, str]) -> AftercareStep:
    checked = check(files, today=None)
    assert isinstance(checked, Checked)
    (plan,) = checked.catalogs["en"].plans
    return next(step for step in plan.steps if step.check_in)


def question() -> CheckInQuestion:
    check_in = asked(asking_pack()).check_in
    assert check_in
    return check_in


def test_a_plan_may_ask() -> None:
    assert problems(asking_pack()) == []


def test_what_is_asked_is_published_with_its_answers() -> None:
    published = question()

    assert published.question == "How are you doing?"
    assert [(o.value, o.label, o.level) for o in published.options] == [
        ("1", "all well", CheckInLevel.GREEN),
        ("2", "no change", CheckInLevel.AMBER),
        ("3", "worse", CheckInLevel.RED),
    ]
    assert published.options[0].words == ("good", "bien")
    assert (published.nudge_after, published.close_after) == ("PT6H", "P1D")
    assert published.replies.red.subject == "{{ clinic_name }}: call now"
    assert published.nudge.sms is not None


def test_signs_come_from_the_red_flags_in_every_language() -> None:
    signs = {sign.code: sign for sign in question().signs}

    assert signs["INFECTION"].phrases == ("fever", "pus", "fiebre")
    assert signs["INFECTION"].level is CheckInLevel.RED
    assert signs["PATCHES"].level is CheckInLevel.AMBER


@pytest.mark.parametrize("name", BROKEN)
def test_names_what_is_wrong_with_a_check_in(name: str) -> None:
    (path, old, new), expected = BROKEN[name]

    reported = problems(broken(path, old, new))

    for text in expected:
        assert any(text in problem for problem in reported), reported


def test_a_check_in_without_a_question_is_a_problem() -> None:
    files = asking_pack()
    start = files[PLAN].index(CHECK_IN)
    files[PLAN] = files[PLAN][:start] + files[PLAN][files[PLAN].index("    messages:", start) :]

    assert any("a CHECK_IN asks something; add check_in" in problem for problem in problems(files))


def test_a_plan_that_asks_needs_answers() -> None:
    files = asking_pack()
    start, end = files[PLAN].index("check_in_texts:"), files[PLAN].index("steps:")
    files[PLAN] = files[PLAN][:start] + files[PLAN][end:]

    assert any(
        "add check_in_texts with replies and nudge" in problem for problem in problems(files)
    )


@pytest.mark.parametrize("count", [1, 10])
def test_there_are_two_to_nine_answers(count: int) -> None:
    files = asking_pack()
    start = files[PLAN].index('        - {value: "1"')
    end = files[PLAN].index("      nudge_after")
    options = "".join(
        f'        - {{value: "{n}", label: choice {n}, level: RED}}\n' for n in range(1, count + 1)
    )
    files[PLAN] = files[PLAN][:start] + options + files[PLAN][end:]

    assert any("give 2 to 9 options" in problem for problem in problems(files))


def test_a_translated_question_must_be_translated_whole() -> None:
    files = asking_pack()
    for name in ("red-flags", "contraindications", "comparison", "glossary", "wording"):
        files[f"locales/es/{name}.yaml"] = "{}\n"
    files[f"locales/es/{PLAN}"] = "steps:\n  day-4-how-are-you:\n    title: ¿Todo bien?\n"

    reported = problems(files)

    where = f"locales/es/{PLAN}:3: steps.day-4-how-are-you.check_in"
    assert f"{where} is not translated; add it" in reported, reported
    assert not any("signs" in each or "words" in each for each in reported if "translated" in each)
