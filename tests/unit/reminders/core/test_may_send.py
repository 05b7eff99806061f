"""Whether a message may be sent, and the first reason if not."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    Mode,
    ProcedureState,
    SuppressionReason,
)
from services.reminders.core.may_send import SendFacts, why_not_sent
from services.reminders.core.reasons import OPERATOR_HOLDS, PAST_USEFULNESS, Reason

USUAL: Mapping[str, Any] = {
    "has_contact": True,
    "consent": ConsentState.GRANTED,
    "enrollment_status": EnrollmentStatus.ACTIVE,
    "procedure_state": ProcedureState.PERFORMED,
}
IN_ORDER: tuple[tuple[dict[str, Any], Reason], ...] = (
    ({"is_held": True, "is_plan_withdrawn": True}, Reason.PLAN_WITHDRAWN),
    ({"is_held": True}, Reason.HELD),
    ({"mode": Mode.ALLOWLIST}, Reason.NOT_ON_ALLOWLIST),
    ({"mode": Mode.TEST}, Reason.TEST_MODE),
    ({"has_contact": False}, Reason.NO_CONTACT),
    ({"suppressions": [SuppressionReason.BOUNCE]}, Reason.SUPPRESSED_BOUNCE),
    ({"consent": None}, Reason.NO_CONSENT),
    ({"consent": ConsentState.WITHDRAWN}, Reason.NO_CONSENT),
    ({"enrollment_status": EnrollmentStatus.CANCELLED}, Reason.ENROLLMENT_ENDED),
    ({"enrollment_status": EnrollmentStatus.COMPLETED}, Reason.ENROLLMENT_ENDED),
    ({"procedure_state": ProcedureState.NO_SHOW}, Reason.PROCEDURE_NOT_DONE),
    ({"procedure_state": ProcedureState.CANCELLED}, Reason.PROCEDURE_NOT_DONE),
    ({"enrollment_status": EnrollmentStatus.PAUSED}, Reason.ENROLLMENT_PAUSED),
    ({"awaits_procedure": True}, Reason.PROCEDURE_UNCONFIRMED),
    ({"is_paused": True}, Reason.PAUSED),
    ({"consent": ConsentState.PENDING}, Reason.NEEDS_VERIFICATION),
    ({"consent": ConsentState.LAPSED}, Reason.NEEDS_VERIFICATION),
    ({"awaits_staff": True}, Reason.AWAITING_STAFF),
)


def why(**facts: Any) -> Reason | None:
    return why_not_sent(SendFacts(**{**USUAL, **facts}))


def test_nothing_speaks_against_the_usual() -> None:
    assert why() is None
    assert why_not_sent(SendFacts(has_contact=True, needs_consent=False)) is None


@pytest.mark.parametrize(("facts", "reason"), IN_ORDER)
def test_each_fact_has_its_reason(facts: dict[str, Any], reason: Reason) -> None:
    assert why(**facts) is reason


@pytest.mark.parametrize("place", range(len(IN_ORDER) - 1))
def test_the_first_reason_counts(place: int) -> None:
    facts, reason = IN_ORDER[place]
    later = [other for other, _ in IN_ORDER[place + 1 :] if not other.keys() & facts.keys()]

    assert all(why(**{**other, **facts}) is reason for other in later)


def test_every_wait_that_may_outlast_usefulness_says_how_it_ends() -> None:
    parked = {*OPERATOR_HOLDS, Reason.ENROLLMENT_PAUSED, Reason.PROCEDURE_UNCONFIRMED}
    waits = {reason for _, reason in IN_ORDER if reason.is_wait}

    assert waits - parked <= PAST_USEFULNESS.keys()


@pytest.mark.parametrize("consent", [None, *ConsentState])
def test_what_needs_no_consent_is_asked_for_none(consent: ConsentState | None) -> None:
    assert why(consent=consent, needs_consent=False, awaits_staff=True) is None


def test_a_test_message_is_sent_where_tests_are_allowed() -> None:
    assert why(mode=Mode.TEST, is_test_allowed=True) is None
