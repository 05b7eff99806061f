import pytest

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentState, MessageDetail, Role
from services.reminders.core.consent import current, detail_allowed, granted, state_given
from tests.support.reminders.aftercare import entry

FULL, LEAST = MessageDetail.DETAILED, MessageDetail.DISCREET


def test_the_newest_entry_rules_in_whatever_order_they_come() -> None:
    permitted, withdrawn = entry(1, ConsentState.GRANTED), entry(2, ConsentState.WITHDRAWN)

    assert current([withdrawn, permitted]) == {(Channel.SMS, Purpose.CARE): withdrawn}


def test_a_withdrawn_consent_permits_nothing() -> None:
    assert not granted([entry(1, ConsentState.GRANTED), entry(2, ConsentState.WITHDRAWN)])


def test_purposes_do_not_touch_each_other() -> None:
    care = entry(1, ConsentState.GRANTED)
    marketing = entry(2, ConsentState.WITHDRAWN, purpose=Purpose.MARKETING)

    assert granted([care, marketing]) == {(Channel.SMS, Purpose.CARE): care}


@pytest.mark.parametrize(
    ("is_granted", "role", "state"),
    [
        (True, Role.STAFF, ConsentState.GRANTED),
        (True, Role.CLINICIAN, ConsentState.GRANTED),
        (True, Role.FRONT_END, ConsentState.PENDING),
        (False, Role.STAFF, ConsentState.WITHDRAWN),
    ],
)
def test_a_consent_from_a_public_form_must_be_confirmed(
    is_granted: bool,  # noqa: FBT001 - a parameter of the table
    role: Role,
    state: ConsentState,
) -> None:
    assert state_given(is_granted=is_granted, by=role) is state


@pytest.mark.parametrize(
    ("preferred", "permitted", "is_shared", "allowed"),
    [
        (FULL, FULL, False, FULL),
        (FULL, FULL, True, LEAST),
        (FULL, LEAST, False, LEAST),
        (LEAST, FULL, False, LEAST),
    ],
)
def test_the_full_text_needs_wish_permission_and_an_own_address(
    preferred: MessageDetail,
    permitted: MessageDetail,
    is_shared: bool,  # noqa: FBT001 - a parameter of the table
    allowed: MessageDetail,
) -> None:
    assert detail_allowed(preferred, permitted, is_shared=is_shared) is allowed
