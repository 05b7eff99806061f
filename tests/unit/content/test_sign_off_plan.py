"""What a clinician may sign off, and what becomes of it when something changes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.content.usecases.sign_off_plan import sign_off_for_demo, sign_off_plan
from services.contracts.catalog import AftercarePlan
from services.contracts.content import (
    ClinicPlan,
    PlanReview,
    Problem,
    SignOffForDemo,
    SignOffPlan,
    SignOffReply,
)
from services.contracts.errors import UserErrorCode
from services.contracts.words import Mode
from tests.support.aftercare import PLAN as CARE_PLAN

AT = datetime(2027, 3, 10, 12, tzinfo=UTC)
PLAN = msgspec.structs.replace(CARE_PLAN, version=2, content_hash="h2")
HAS = ClinicPlan(plan=PLAN, release="r1")
MISFIT = msgspec.structs.replace(
    HAS, misfits=(Problem(where="own.yaml:4", what="no step day-9; name one of day-1, day-3"),)
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


class Shelf:
    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    def add(self, plan: AftercarePlan, signed: SignOffPlan) -> PlanReview:
        self.kept.append((plan.content_hash, signed.reviewer))
        return PlanReview(
            reviewer=signed.reviewer,
            registration=signed.registration,
            reviewed_at=AT,
            content_hash=plan.content_hash,
        )


def sign(
    shelf: Shelf, found: ClinicPlan | None = HAS, *, is_production: bool = True, **changes: Any
) -> SignOffReply:
    command = msgspec.structs.replace(SIGNED, **changes)
    return sign_off_plan(found, command, shelf, is_production=is_production)


def refused(reply: SignOffReply) -> tuple[UserErrorCode, tuple[str, ...] | None]:
    assert reply.review is None
    assert reply.refusal is not None
    return reply.refusal.code, reply.refusal.path


def test_signs_what_was_read() -> None:
    shelf = Shelf()

    review = sign(shelf).review

    assert review is not None
    assert (review.reviewer, review.registration) == ("Dr. Ada Example", "12345")
    assert shelf.kept == [("h2", "Dr. Ada Example")]


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"version": 1}, ("version",)), ({"content_hash": "h1"}, ("content_hash",))],
)
def test_refuses_what_is_not_what_patients_get_now(
    changes: dict[str, Any], path: tuple[str, ...]
) -> None:
    shelf = Shelf()

    assert refused(sign(shelf, **changes)) == (UserErrorCode.STALE, path)
    assert shelf.kept == []


def test_refuses_a_plan_that_is_not_there() -> None:
    assert refused(sign(Shelf(), None)) == (UserErrorCode.NOT_FOUND, ("plan",))


def test_refuses_a_plan_that_the_clinics_own_values_do_not_fit() -> None:
    reply = sign(Shelf(), MISFIT)

    assert refused(reply) == (UserErrorCode.CONFLICT, ("plan",))
    assert reply.refusal is not None
    assert "own.yaml:4: no step day-9" in reply.refusal.message


@pytest.mark.parametrize("mode", [Mode.TEST, Mode.ALLOWLIST])
def test_only_a_live_credential_signs_for_live_patients(mode: Mode) -> None:
    assert refused(sign(Shelf(), mode=mode)) == (UserErrorCode.NOT_ALLOWED, None)
    assert sign(Shelf(), mode=mode, is_production=False).review is not None


@pytest.mark.parametrize("registration", ["", "  ", "1" * 201])
def test_refuses_a_registration_that_says_nothing(registration: str) -> None:
    reply = sign(Shelf(), registration=registration)

    assert refused(reply) == (UserErrorCode.INVALID, ("registration",))


def test_demo_signs_nothing_in_production_and_says_how_it_is_done() -> None:
    shelf = Shelf()

    reply = sign_off_for_demo(
        {"peel-care": HAS}, SignOffForDemo(clinic_id=7), shelf, is_production=True
    )

    assert (reply.signed, shelf.kept) == ((), [])
    assert reply.refusal is not None
    assert "afterglow keys create --role CLINICIAN --kind live --person" in reply.refusal.message


def test_demo_signs_every_plan_that_can_be_used() -> None:
    shelf = Shelf()
    plans = {"peel-care": HAS, "other-care": MISFIT}

    reply = sign_off_for_demo(plans, SignOffForDemo(clinic_id=7), shelf, is_production=False)

    assert (reply.signed, shelf.kept) == (("peel-care",), [("h2", "Demo clinician")])


@pytest.mark.parametrize("named", [None, MISFIT])
def test_demo_signs_none_of_those_named_when_one_cannot_be(named: ClinicPlan | None) -> None:
    shelf = Shelf()
    plans = {"peel-care": HAS, "other-care": named}
    command = SignOffForDemo(clinic_id=7, plans=("peel-care", "other-care"))

    reply = sign_off_for_demo(plans, command, shelf, is_production=False)

    assert reply.refusal is not None
    assert shelf.kept == []
