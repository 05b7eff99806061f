from services.content.domain.compile_reading_rules import CompiledRules
from services.content.domain.reading_rules_differences import reading_rules_differences
from services.content.usecases.check_reading_rules import check_reading_rules
from services.contracts.reading_rules import ReadingRules
from services.launcher.change_words import change_lines
from tests.support.content.rules_pack import SIGNS, WEIGHTS, WORDS, broken_rules, rules_pack


def rules(files: dict[str, str]) -> ReadingRules:
    compiled = check_reading_rules(files, {"INFECTION"})
    assert isinstance(compiled, CompiledRules)
    return compiled.rules


def lines(files: dict[str, str]) -> list[str]:
    return list(change_lines(reading_rules_differences(rules(rules_pack()), rules(files))))


def test_the_same_rules_do_not_differ() -> None:
    assert lines(rules_pack()) == []


def test_words_that_come_and_go_are_listed() -> None:
    files = broken_rules(WORDS, "en: [no, without]", "en: [not, no, lacking]")

    assert lines(files) == [
        "replies",
        "  gone: words, DENIES: without",
        "  new: words, DENIES: not, lacking",
    ]


def test_moving_a_word_is_no_change() -> None:
    assert lines(broken_rules(WORDS, "en: [no, without]", "en: [without, no]")) == []


def test_a_new_pattern_is_listed_with_its_sign() -> None:
    files = broken_rules(SIGNS, "hot & cold]", "hot & cold, burning up]")

    assert lines(files) == ["replies", "  new: signs, INFECTION, has a fever: burning up"]


def test_a_weight_counted_again_is_listed_with_its_word() -> None:
    assert lines(broken_rules(WEIGHTS, "1.5: >-", "2.0: >-")) == [
        "replies",
        "  gone: weights, words: teapot 1.5, a ~ spout 1.5",
        "  new: weights, words: teapot 2.0, a ~ spout 2.0",
    ]


def test_a_release_without_rules_has_none_of_them() -> None:
    changes = reading_rules_differences(None, rules(rules_pack()))

    assert all(change.was is None and change.kind == "replies" for change in changes)
    assert any(change.path == "words.FEVER" for change in changes)
