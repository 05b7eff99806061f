"""Recalls a version of a plan: what is unsent is held, and who was told is listed."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from services.contracts.enrollments import (
    ForeseeWithdrawal,
    ListTold,
    ToldPage,
    WithdrawalOutlook,
    WithdrawalReply,
    WithdrawPlan,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.usecases.clinic_plan import PlanSource
from services.reminders.operations.usecases.operate import Act, Operations

_MOST_AT_ONCE: Final = 10_000
_BASE_LOCALE: Final = "en"


class Recalls(Protocol):
    """One transaction's view."""

    def is_known(self, plan: str, version: int) -> bool: ...
    def place(self, command: WithdrawPlan) -> tuple[int, bool]:
        """Hold the version; the hold's number, and whether it is new."""
        ...

    def standing(self, plan: str, version: int) -> int | None:
        """Give the number of the hold on a version that is withdrawn."""
        ...

    def running(self, plan: str, version: int) -> tuple[int, int]:
        """Count the clinics and the enrollments that go on in a version."""
        ...

    def unsent(self, plan: str, version: int) -> int: ...
    def told(self, ask: ListTold) -> ToldPage: ...


def withdraw_plan(
    recalls: Recalls, operations: Operations, command: WithdrawPlan, *, source: PlanSource
) -> WithdrawalReply | Refusal:
    """Hold all that is unsent of a version, everywhere; withdrawing twice changes nothing.

    A version that nobody is enrolled in yet is withdrawn as well while the catalog offers it.
    """
    if not command.reason.strip():
        message = "Say why: it is kept with what was done."
        return refuse(UserErrorCode.REQUIRED, message, "reason")
    if not (recalls.is_known(command.plan, command.version) or _is_offered(source, command)):
        message = (
            f"Nobody was enrolled in version {command.version} of {command.plan}, "
            "and the current catalog does not have it."
        )
        return refuse(UserErrorCode.NOT_FOUND, message, "version")
    hold_id, is_new = recalls.place(command)
    unsent = recalls.unsent(command.plan, command.version)
    told = recalls.told(ListTold(plan=command.plan, version=command.version, limit=1))
    if is_new:
        filters = {"hold": hold_id, "plan": command.plan, "plan_version": command.version}
        operations.keep(
            Act(
                kind="WITHDRAW_PLAN",
                actor=command.actor,
                reason=command.reason,
                filters=msgspec.json.encode(filters).decode(),
                affected=unsent,
            )
        )
    return WithdrawalReply(hold_id=hold_id, unsent=unsent, told=told.total)


def _is_offered(source: PlanSource, command: WithdrawPlan) -> bool:
    found = source.plan(None, command.plan, _BASE_LOCALE)
    return found is not None and found.plan.version == command.version


def foresee_withdrawal(
    recalls: Recalls, asks: Sequence[ForeseeWithdrawal]
) -> list[WithdrawalOutlook]:
    return [_outlook(recalls, ask.plan, ask.version) for ask in asks]


def _outlook(recalls: Recalls, plan: str, version: int) -> WithdrawalOutlook:
    clinics, enrollments = recalls.running(plan, version)
    return WithdrawalOutlook(
        clinics=clinics,
        enrollments=enrollments,
        unsent=recalls.unsent(plan, version),
        told=recalls.told(ListTold(plan=plan, version=version, limit=1)).total,
        hold_id=recalls.standing(plan, version),
    )


def list_told(recalls: Recalls, asks: Sequence[ListTold]) -> list[ToldPage]:
    return [
        recalls.told(msgspec.structs.replace(ask, limit=min(ask.limit, _MOST_AT_ONCE)))
        for ask in asks
    ]
