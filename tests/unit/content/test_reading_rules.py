import pytest

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.domain.faults import problems
from services.content.usecases.check_catalog import Checked, check
from services.content.usecases.check_reading_rules import (
    check_reading_rules,
    shipped_reading_rules,
)
from services.contracts.reading_rules import WordWeights
from services.contracts.words import CheckInLevel
from tests.support.content.pack import TODAY, pack
from tests.support.content.rules_pack import (
    MARKS,
    REFUSALS,
    RELIEF,
    SIGNS,
    WEIGHTS,
    WORDS,
    broken_rules,
    rules_pack,
)

RED_FLAGS = {"INFECTION"}


def checked(files: dict[str, str]) -> CompiledRules:
    compiled = check_reading_rules(files, RED_FLAGS)
    assert isinstance(compiled, CompiledRules), compiled
    return compiled


def faults_of(file: str, old: str, new: str) -> list[str]:
    result = check_reading_rules(broken_rules(file, old, new), RED_FLAGS)
    assert not isinstance(result, CompiledRules), "the checker found nothing"
    return [f"{problem.where} {problem.what}" for problem in problems(result)]


def test_the_pack_has_no_fault() -> None:
    rules = checked(rules_pack()).rules

    assert rules.concepts["FEVER"] == ("fever", "fiebre")
    assert rules.signs[0].level is CheckInLevel.RED
    assert rules.signs[0].patterns == ("FEVER", "hot & cold")
    assert rules.refusals.only_in == {"alto": ("MX", "ES")}
    assert rules.word_weights == WordWeights(
        weights={"teapot": 1.5, "a ~ spout": 1.5, "#": -0.3}, bias=-2.0, certain=0.9
    )
    assert rules.marks.emoji == {"emosad": ("😢", "😭")}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (SIGNS, "sign: INFECTION", "sign: FEVERISH", "FEVERISH is no red flag"),
        (SIGNS, "level: RED", "level: GREEN", "a sign is AMBER or RED"),
        (SIGNS, "any: [FEVER, hot & cold]", "any: []", "no pattern"),
        (SIGNS, "    es: [tengo fiebre]\n", "", "a sign needs examples in es"),
        (SIGNS, "    es: [sin fiebre]\n", "", "a sign needs counterexamples in es"),
        (SIGNS, "[FEVER, hot", "[FEVR, hot", "there is no concept FEVR; did you mean FEVER?"),
        (SIGNS, "hot & cold", "FEVER|COLD hot", "there is no concept COLD"),
        (SIGNS, "hot & cold", "FEVER| hot", "has nothing on one side of | or &"),
        (SIGNS, "hot & cold", "résumé", "'résumé' is never found; write 'resume'"),
        (SIGNS, "[I have a fever]", "[I am hot]", "'I am hot' is not rated as “has a fever”"),
        (SIGNS, "[sin fiebre]", "[tengo fiebre]", "'tengo fiebre' is rated as “has a fever”"),
        (SIGNS, "unless:", "unles:", "unknown key 'unles'; did you mean 'unless'?"),
        (WORDS, "FEVER:", "Fever:", "'Fever' is no name for a concept"),
        (WORDS, "\nDENIES:", "\nDENY:", "the concept DENIES is missing"),
        (WORDS, "[fever]", "[Fever]", "'Fever' is never found; write 'fever'"),
        (WORDS, "[fiebre]", "[fiebré]", "'fiebré' is never found; write 'fiebre'"),
        (WORDS, "[no, without]", '["don\'t", without]', "\"don't\" is never found; write 'dont'"),
        (WORDS, "[no, sin]", "[no, sin, no]", "'no' is in this list twice; remove one"),
        (REFUSALS, "  JOKES: {all: [lol]}\n", "", "the concept JOKES is missing"),
        (REFUSALS, "[no more MESSAGES]", "[no more TEXTS]", "there is no concept TEXTS"),
        (REFUSALS, "[dont stop]", "[don’t stop]", "is never found; write 'dont stop'"),
        (REFUSALS, "alto: [MX", "bajo: [MX", "'bajo' is no keyword"),
        (REFUSALS, "alto: [MX", "alto: [Mexico", "'Mexico' is no country"),
        (RELIEF, "  es: [todo bien]", "  es: [todo bien, todo bien]", "is in this list twice"),
        (RELIEF, "spoils:", "spoilt:", "unknown key 'spoilt'; did you mean 'spoils'?"),
        (WEIGHTS, "certain: 0.9", "certain: 1.9", "a probability between 0.5 and 1"),
        (WEIGHTS, "1.5: >-", "heavy: >-", "'heavy' is no weight"),
        (MARKS, "quotes:", "cites:", "unknown key 'cites'"),
        (MARKS, "signatures: [sent from my]", "signatures: yes", "write a list"),
    ],
)
def test_a_planted_fault_is_found(file: str, old: str, new: str, problem: str) -> None:
    assert any(problem in line and line.startswith(file) for line in faults_of(file, old, new))


def test_a_fault_is_reported_at_its_line() -> None:
    lines = faults_of(SIGNS, "[I have a fever]", "[I am hot]")

    assert lines == [
        "replies/signs.yaml:7 'I am hot' is not rated as “has a fever”: matches no rule"
    ]


def test_every_file_must_be_there() -> None:
    files = rules_pack()
    del files[MARKS]

    result = check_reading_rules(files, RED_FLAGS)

    assert not isinstance(result, CompiledRules)
    assert [fault.document for _, fault in result] == [MARKS]


def test_no_other_file_may_be_there() -> None:
    result = check_reading_rules({**rules_pack(), "replies/more.yaml": "a: b"}, RED_FLAGS)

    assert not isinstance(result, CompiledRules)
    assert [fault.document for _, fault in result] == ["replies/more.yaml"]


def test_words_of_any_script_can_be_keywords() -> None:
    files = broken_rules(REFUSALS, "  en: [stop]", '  en: [stop]\n  ja: ["ストップ"]')

    assert "ストップ" in checked(files).rules.refusals.keywords


def test_a_catalog_without_rules_has_the_shipped_ones() -> None:
    catalog = check(pack(), today=TODAY)

    assert isinstance(catalog, Checked)
    assert catalog.reading_rules == shipped_reading_rules()


def test_a_catalog_names_the_faults_of_its_rules_with_its_own() -> None:
    files = {**pack(), **broken_rules(WORDS, "[fever]", "[Fever]")}
    files["concerns/scars.yaml"] = files["concerns/scars.yaml"].replace("summary:", "sumary:")

    result = check(files, today=TODAY)

    assert not isinstance(result, Checked)
    assert {problem.where.partition(":")[0] for problem in result} == {
        "concerns/scars.yaml",
        "replies/words.yaml",
    }


def test_new_rules_change_the_hash_of_the_release_and_of_no_plan() -> None:
    before = check({**pack(), **rules_pack()}, today=TODAY)
    after = check({**pack(), **broken_rules(WORDS, "[fever]", "[fever, feverish]")}, today=TODAY)

    assert isinstance(before, Checked)
    assert isinstance(after, Checked)
    assert before.reading_rules.content_hash != after.reading_rules.content_hash
    assert before.content_hash != after.content_hash
    assert before.catalogs == after.catalogs


def test_examples_are_no_part_of_the_hash() -> None:
    files = broken_rules(SIGNS, "en: [I have a fever]", "en: [I have a fever, fever]")

    assert checked(files).content_hash == checked(rules_pack()).content_hash
