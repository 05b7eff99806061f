import pytest

from services.contracts.words import ConsentState, MessageDetail, Role
from services.reminders.core.patient import detail_allowed, state_given

FULL, LEAST = MessageDetail.DETAILED, MessageDetail.DISCREET


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
