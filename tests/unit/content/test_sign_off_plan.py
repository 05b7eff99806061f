"""Which plan a sign-off is of, and what is refused."""

from typing import Any

import msgspec
import pytest

from services.content.usecases.sign_off_plan import demo_plans_to_sign, plan_to_sign
from services.contracts.catalog import AftercarePlan
from services.contracts.content import (
    ClinicPlan,
    Problem,
    SignOffForDemo,
    SignOffPlan,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import Mode
from tests.support.reminders.aftercare import PLAN as CARE_PLAN

PLAN = msgspec.structs.replace(CARE_PLAN, version=2, content_hash="h2")
HAS = ClinicPlan(plan=PLAN, release="r1")
CONFLICT = msgspec.structs.replace(
    HAS, conflicts=(Problem(where="own.yaml:4", what="no step day-9; name one of day-1, day-3"),)
)
SIGNED = SignOffPlan(
    clinic_id=7,
    plan="peel-care",
    version=2,
    content_hash="h2",
    reviewer="Dr. Ada Example",
    registration="12345",
    mode=Mode.LIVE,
    actor="key:3",
)


def sign(
    clinic_plan: ClinicPlan | None = HAS, *, is_production: bool = True, **changes: Any
) -> AftercarePlan | Refusal:
    command = msgspec.structs.replace(SIGNED, **changes)
    return plan_to_sign(clinic_plan, command, is_production=is_production)


def refused(answer: AftercarePlan | Refusal) -> tuple[UserErrorCode, tuple[str, ...] | None]:
    assert isinstance(answer, Refusal)
    return answer.code, answer.path


def test_signs_what_was_read() -> None:
    assert sign() == PLAN


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"version": 1}, ("version",)), ({"content_hash": "h1"}, ("content_hash",))],
)
def test_refuses_what_is_not_what_patients_get_now(
    changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    assert refused(sign(**changes)) == (UserErrorCode.STALE, path)


def test_refuses_a_plan_that_is_not_there() -> None:
    assert refused(sign(None)) == (UserErrorCode.NOT_FOUND, ("plan",))


def test_refuses_a_plan_that_the_clinics_own_values_do_not_fit() -> None:
    answer = sign(CONFLICT)

    assert refused(answer) == (UserErrorCode.CONFLICT, ("plan",))
    assert isinstance(answer, Refusal)
    assert "own.yaml:4: no step day-9" in answer.message


@pytest.mark.parametrize("mode", [Mode.TEST, Mode.ALLOWLIST])
def test_only_a_live_credential_signs_for_live_patients(mode: Mode) -> None:
    assert refused(sign(mode=mode)) == (UserErrorCode.NOT_ALLOWED, None)
    assert sign(mode=mode, is_production=False) == PLAN


@pytest.mark.parametrize("registration", ["", "  ", "1" * 201])
def test_refuses_a_registration_that_says_nothing(registration: str) -> None:
    answer = sign(registration=registration)

    assert refused(answer) == (UserErrorCode.INVALID, ("registration",))


def test_demo_signs_nothing_in_production_and_says_how_it_is_done() -> None:
    answer = demo_plans_to_sign({"peel-care": HAS}, SignOffForDemo(clinic_id=7), is_production=True)

    assert isinstance(answer, Refusal)
    assert "afterglow keys create --role CLINICIAN --kind live --person" in answer.message


def test_demo_signs_every_plan_that_can_be_used() -> None:
    plans = {"peel-care": HAS, "other-care": CONFLICT}

    assert demo_plans_to_sign(plans, SignOffForDemo(clinic_id=7), is_production=False) == (PLAN,)


@pytest.mark.parametrize("named", [None, CONFLICT])
def test_demo_signs_none_of_those_named_when_one_cannot_be(named: ClinicPlan | None) -> None:
    plans = {"peel-care": HAS, "other-care": named}
    command = SignOffForDemo(clinic_id=7, plans=("peel-care", "other-care"))

    assert isinstance(demo_plans_to_sign(plans, command, is_production=False), Refusal)
