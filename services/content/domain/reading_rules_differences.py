"""What changes from one set of rules for reading replies to another."""

from collections.abc import Iterator

import msgspec

from services.contracts.content import Change
from services.contracts.reading_rules import ReadingRules, SignRule, Words, WordWeights

KIND = "replies"


def reading_rules_differences(
    before: ReadingRules | None, after: ReadingRules | None
) -> tuple[Change, ...]:
    """List which words and patterns come and go in each list. Moving a word is no change."""
    was, becomes = _lists(before), _lists(after)
    return tuple(
        change
        for path in dict.fromkeys((*was, *becomes))
        for change in _changes(path, was.get(path, ()), becomes.get(path, ()))
    )


def _changes(path: str, was: Words, becomes: Words) -> Iterator[Change]:
    if gone := ", ".join(word for word in was if word not in becomes):
        yield Change(locale="", kind=KIND, slug="", path=path, was=gone)
    if new := ", ".join(word for word in becomes if word not in was):
        yield Change(locale="", kind=KIND, slug="", path=path, becomes=new)


def _lists(rules: ReadingRules | None) -> dict[str, Words]:
    """Return every list of the rules by a name for it."""
    if rules is None:
        return {}
    lists = {f"words.{concept}": words for concept, words in rules.concepts.items()}
    lists |= {f"refusals.{name}": words for name, words in rules.refusals.concepts.items()}
    lists |= {f"refusals.only_in.{name}": words for name, words in rules.refusals.only_in.items()}
    lists |= {f"marks.{name}": marks for name, marks in rules.marks.emoji.items()}
    lists |= {f"emoticons.{name}": marks for name, marks in rules.marks.emoticons.items()}
    for part, struct in (
        ("relief", rules.relief),
        ("refusals", rules.refusals),
        ("marks", rules.marks),
    ):
        lists |= {f"{part}.{name}": words for name, words in _word_fields(struct)}
    if rules.word_weights is not None:
        lists |= _of_weights(rules.word_weights)
    for rule in rules.signs:
        for name, words in _of_sign(rule):
            lists[name] = (*lists.get(name, ()), *words)
    return lists


def _of_weights(word_weights: WordWeights) -> dict[str, Words]:
    return {
        "weights.certain": (str(word_weights.certain),),
        "weights.words": tuple(f"{word} {weight}" for word, weight in word_weights.weights.items()),
    }


def _word_fields(struct: msgspec.Struct) -> Iterator[tuple[str, Words]]:
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, tuple):
            yield name, value


def _of_sign(rule: SignRule) -> Iterator[tuple[str, Words]]:
    name = f"signs.{rule.sign}.{rule.says}"
    yield name, (rule.level.value, *rule.patterns)
    yield f"{name}.unless", rule.unless
