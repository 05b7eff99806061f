import pytest

from services.contracts.words import SuppressionReason
from services.reminders.core.decisions import SENTENCES, sentence
from services.reminders.enrollments.domain.schedule import PlanReason


@pytest.mark.parametrize("code", [because.value for because in PlanReason])
def test_every_decision_of_planning_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


@pytest.mark.parametrize("reason", SuppressionReason)
def test_every_suppression_has_a_sentence(reason: SuppressionReason) -> None:
    assert f"SUPPRESSED_{reason}" in SENTENCES


def test_a_detail_follows_its_sentence() -> None:
    assert sentence("NO_CONTACT", "SMS").endswith("this channel. (SMS)")


def test_a_providers_own_code_is_shown_as_words() -> None:
    assert sentence("QUEUE_OVERFLOW", None) == "Queue overflow."
