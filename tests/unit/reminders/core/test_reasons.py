from collections.abc import Collection

import pytest

from services.contracts.words import SuppressionReason
from services.reminders.core.reasons import (
    OPERATOR_HOLDS,
    PAST_USEFULNESS,
    RECEIPTS,
    SUPPRESSED_FOR,
    Effect,
    Reason,
    explain_code,
    known_reason,
)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_of_its_own(reason: Reason) -> None:
    others = {other.sentence for other in Reason if other is not reason}

    assert reason.sentence.endswith(".")
    assert reason.sentence not in others


@pytest.mark.parametrize("reason", Reason)
def test_a_stored_code_is_read_back_as_its_reason(reason: Reason) -> None:
    assert known_reason(reason.value) is reason
    assert explain_code(reason.value, None) == reason.sentence


@pytest.mark.parametrize("code", ["30003", "QUEUE_OVERFLOW", "", None])
def test_other_codes_are_no_reason_of_ours(code: str | None) -> None:
    assert known_reason(code) is None


def test_a_providers_own_code_is_shown_as_words() -> None:
    assert explain_code("QUEUE_OVERFLOW", None) == "Queue overflow."


def test_a_detail_follows_its_sentence() -> None:
    assert explain_code("NO_CONTACT", "SMS").endswith("this channel. (SMS)")


@pytest.mark.parametrize("suppression", SuppressionReason)
def test_every_suppression_has_its_code(suppression: SuppressionReason) -> None:
    assert SUPPRESSED_FOR[suppression] == f"SUPPRESSED_{suppression}"


def test_a_wait_past_usefulness_is_told_by_the_code_of_the_wait() -> None:
    assert {wait: f"{wait}_PAST_USEFULNESS" for wait in PAST_USEFULNESS} == PAST_USEFULNESS


def test_a_receipt_is_told_by_the_state_it_brings() -> None:
    assert {state: f"RECEIPT_{state}" for state in RECEIPTS} == RECEIPTS


@pytest.mark.parametrize(
    ("reasons", "effects"),
    [
        (OPERATOR_HOLDS, {Effect.WAITS_FOR_OPERATOR}),
        (PAST_USEFULNESS, {Effect.WAITS_FOR_TIME, Effect.WAITS_FOR_STAFF}),
        (PAST_USEFULNESS.values(), {Effect.FINAL}),
        (SUPPRESSED_FOR.values(), {Effect.FINAL}),
        (RECEIPTS.values(), {Effect.NOTED}),
    ],
    ids=["operator", "waits", "past", "suppressed", "receipts"],
)
def test_reasons_of_one_kind_have_one_effect(
    reasons: Collection[Reason], effects: set[Effect]
) -> None:
    assert {reason.effect for reason in reasons} == effects
