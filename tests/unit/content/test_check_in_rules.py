"""What a check-in is held to, each rule shown by a pack that breaks it and nothing else."""

import pytest

from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import AftercareStep
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.words import CheckInLevel
from tests.support.asking_pack import PLAN, asking_pack, broken
from tests.support.pack import problems

FLAGS = "red-flags.yaml"
CHECK_IN = """\
    check_in:
      question: How are you doing?"""


def asked(files: dict[str, str]) -> AftercareStep:
    checked = check(files, today=None)
    assert isinstance(checked, Checked)
    (plan,) = checked.catalogs["en"].plans
    return next(step for step in plan.steps if step.check_in)


def question() -> CheckInQuestion:
    found = asked(asking_pack()).check_in
    assert found
    return found


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


BROKEN = {
    "a check-in that asks nothing": (
        (PLAN, f"{CHECK_IN}\n", "    asked:\n      question: x\n"),
        ["unknown key 'asked'"],
    ),
    "care that asks": (
        (PLAN, "kind: CHECK_IN", "kind: CARE"),
        ["CARE asks nothing; remove check_in or make it a CHECK_IN"],
    ),
    "a plan without answers": (
        (PLAN, "check_in_texts:", "check_in_text:"),
        ["unknown key 'check_in_text'"],
    ),
    "no option for the worst": (
        (PLAN, "label: worse, level: RED", "label: worse, level: AMBER"),
        ["no option is RED"],
    ),
    "no option for the best": (
        (PLAN, "level: GREEN", "level: AMBER"),
        ["no option is GREEN"],
    ),
    "an unknown level": (
        (PLAN, "level: GREEN", "level: GREAN"),
        ["did you mean GREEN?"],
    ),
    "a number that is another's place": (
        (PLAN, 'value: "3"', 'value: "1"'),
        ["'1' belongs to another option too", "the option in place 3 has the value 3"],
    ),
    "one word for two options": (
        (PLAN, "en: [same]", "en: [good]"),
        ["'good' belongs to another option too"],
    ),
    "an answer that ends all messages": (
        (PLAN, "en: [same]", "en: [stop]"),
        ["'stop' is a command of carriers"],
    ),
    "a word in capitals": (
        (PLAN, "en: [same]", "en: [Same]"),
        ["write 'same' in lower case"],
    ),
    "asking again after closing": (
        (PLAN, "nudge_after: PT6H", "nudge_after: P2D"),
        ["closes before it asks again"],
    ),
    "asking again at once": (
        (PLAN, "nudge_after: PT6H", "nudge_after: PT0S"),
        ["ask again after some time"],
    ),
    "a duration that is none": (
        (PLAN, "close_after: P1D", "close_after: a day"),
        ["'a day' is not a duration"],
    ),
    "a text that does not say how to answer": (
        (PLAN, "how are you? {{ check_in_options }}", "how are you?"),
        ["say how to answer; show {{ check_in_options }}"],
    ),
    "a mail that does not say where to answer": (
        (PLAN, "how are you? {{ check_in_url }}", "how are you?"),
        ["say how to answer; show {{ check_in_url }}"],
    ),
    "options in a step that asks nothing": (
        (PLAN, "sport is fine again.", "sport is fine again. {{ check_in_options }}"),
        ["unknown variable 'check_in_options'"],
    ),
    "silence that is not asked again by text": (
        (PLAN, 'sms: "{{ clinic_name }}: hello? {{ check_in_options }}"\n    email:', "email:"),
        ["check-ins ask by sms; add sms to the nudge"],
    ),
    "a safety text that does not say whom to call": (
        (PLAN, "call {{ clinic_phone }} now or {{ emergency_number }}", "call us now"),
        ["show {{ clinic_phone }} outside any if", "show {{ emergency_number }} outside any if"],
    ),
    "a question that gives the procedure away": (
        (PLAN, "question: How are you doing?", "question: How is your skin?"),
        ["'skin' gives a question away"],
    ),
    "an option that gives it away": (
        (PLAN, "label: no change", "label: red face"),
        ["'face' gives a question away"],
    ),
    "an option outside the SMS alphabet": (
        (PLAN, "label: no change", "label: no change…"),
        ["… is not in the SMS alphabet", "… is not in the SMS alphabet and doubles"],
    ),
    "an answer that gives it away": (
        (PLAN, "thanks; a person", "thanks; about your skin, a person"),
        ["'skin' gives a discreet message away"],
    ),
    "an answer that is too long": (
        (PLAN, "thanks; a person", f"thanks; {'very ' * 60} a person"),
        ["SMS parts, filled in and with the opt-out line; 2 are allowed"],
    ),
    "an answer that does not say who writes": (
        (PLAN, '"{{ clinic_name }}: thanks."', '"Thanks."'),
        ['begin with "{{ clinic_name }}"'],
    ),
    "an answer that tells to stop a medicine": (
        (PLAN, "thanks; a person", "stop your aspirin; a person"),
        ["tells a patient to stop or start a medicine"],
    ),
    "a red flag that nobody would be understood to have": (
        (FLAGS, "  signs: {en: [fever, pus], es: [fiebre]}\n", ""),
        ["a check-in must know what patients write who have this; add signs in en"],
    ),
    "a sign in capitals": (
        (FLAGS, "en: [fever, pus]", "en: [Fever, pus]"),
        ["write 'fever' in lower case"],
    ),
    "a sign found in everything": (
        (FLAGS, "en: [fever, pus]", "en: [fever, pu]"),
        ["'pu' would be found in much else"],
    ),
    "a sign that means well": (
        (PLAN, "en: [good]", "en: [good, fever]"),
        ["'fever' is a sign of INFECTION and cannot mean GREEN"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_names_what_is_wrong_with_a_check_in(name: str) -> None:
    (path, old, new), expected = BROKEN[name]

    found = problems(broken(path, old, new))

    for text in expected:
        assert any(text in problem for problem in found), found


def test_a_check_in_without_a_question_is_a_problem() -> None:
    files = asking_pack()
    start = files[PLAN].index(CHECK_IN)
    files[PLAN] = files[PLAN][:start] + files[PLAN][files[PLAN].index("    messages:", start) :]

    assert any("a CHECK_IN asks something; add check_in" in each for each in problems(files))


def test_a_plan_that_asks_needs_answers() -> None:
    files = asking_pack()
    start, end = files[PLAN].index("check_in_texts:"), files[PLAN].index("steps:")
    files[PLAN] = files[PLAN][:start] + files[PLAN][end:]

    assert any("add check_in_texts with replies and nudge" in each for each in problems(files))


@pytest.mark.parametrize("count", [1, 10])
def test_there_are_two_to_nine_answers(count: int) -> None:
    files = asking_pack()
    start = files[PLAN].index('        - {value: "1"')
    end = files[PLAN].index("      nudge_after")
    options = "".join(
        f'        - {{value: "{n}", label: choice {n}, level: RED}}\n' for n in range(1, count + 1)
    )
    files[PLAN] = files[PLAN][:start] + options + files[PLAN][end:]

    assert any("give 2 to 9 options" in each for each in problems(files))


def test_a_translated_question_must_be_translated_whole() -> None:
    files = asking_pack()
    for name in ("red-flags", "contraindications", "comparison", "glossary", "wording"):
        files[f"locales/es/{name}.yaml"] = "{}\n"
    files[f"locales/es/{PLAN}"] = "steps:\n  day-4-how-are-you:\n    title: ¿Todo bien?\n"

    found = problems(files)

    where = f"locales/es/{PLAN}:3: steps.day-4-how-are-you.check_in"
    assert f"{where} is not translated; add it" in found, found
    assert not any("signs" in each or "words" in each for each in found if "translated" in each)
