"""Each rule left out in turn: some broken pack must then go unnoticed.

A rule that can be taken out without a test failing is a rule that nobody keeps.
"""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from services.content.domain.reading import Reading, read_folder
from services.content.domain.rules import all_rules, pages
from services.content.domain.rules.checked import Faults, Locale
from tests.support.content import asking_pack, broken_check_ins, broken_packs, pack

Rule = Callable[[Locale], Faults]


def reviews_are_in_time(locale: Locale) -> Faults:
    """The one rule that needs a day."""
    return pages.reviews_are_in_time(locale, pack.TODAY)


RULES: tuple[Rule, ...] = (*all_rules.RULES, reviews_are_in_time)


class Tried(msgspec.Struct, frozen=True):
    """The faults that one broken pack should have, and the messages of each rule about it."""

    expected: list[str]
    shape: list[str]
    by_rule: dict[Rule, list[str]]

    def is_missed_without(self, rule: Rule) -> bool:
        others = (messages for other, messages in self.by_rule.items() if other is not rule)
        rest = [*self.shape, *(message for messages in others for message in messages)]
        return not all(
            any(_matches(expected, message) for message in rest) for expected in self.expected
        )


@pytest.fixture(scope="module")
def tries() -> list[Tried]:
    return list(_tries())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_a_broken_pack_goes_unnoticed_without(tries: list[Tried], rule: Rule) -> None:
    assert any(tried.is_missed_without(rule) for tried in tries)


def test_every_rule_of_the_checker_is_among_them() -> None:
    named = {
        item
        for module in vars(all_rules).values()
        if getattr(module, "__name__", "").startswith("services.content.domain.rules.")
        for name, item in vars(module).items()
        if not name.startswith("_") and _is_rule(item, module.__name__)
    }

    assert named == {rule for rule in RULES if rule is not reviews_are_in_time}


def _is_rule(candidate: object, module: str) -> bool:
    notes = getattr(candidate, "__annotations__", {})
    return getattr(candidate, "__module__", "") == module and list(notes) == ["locale", "return"]


def _tries() -> Iterator[Tried]:
    for change, expected in broken_packs.BROKEN.values():
        yield _tried(pack.broken(*change), expected)
    for change, expected in broken_check_ins.BROKEN.values():
        yield _tried(asking_pack.broken(*change), expected)


def _tried(files: dict[str, str], expected: list[str]) -> Tried:
    readings = read_folder(files)
    return Tried(
        expected=expected,
        shape=_reported_by((), readings),
        by_rule={rule: _reported_by((rule,), readings) for rule in RULES},
    )


def _reported_by(rules: tuple[Rule, ...], readings: dict[str, Reading]) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(all_rules, "RULES", rules)
        return [fault.message for _, fault in all_rules.broken_rules(readings, None)]


def _matches(expected: str, message: str) -> bool:
    """Expectations may begin with a place, which a fault alone does not know."""
    return expected.rpartition(": ")[2] in message or expected in message
