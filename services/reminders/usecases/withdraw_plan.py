"""Recalls a version of a plan: what is unsent is held, and who was told is listed."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from services.contracts.enrollments import ListTold, ToldPage, WithdrawalReply, WithdrawPlan
from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.usecases.operate import Act, Operations
from services.reminders.usecases.refusing import refuse

_MOST_AT_ONCE: Final = 10_000


class Recalls(Protocol):
    """One transaction's view."""

    def is_known(self, plan: str, version: int) -> bool: ...
    def place(self, command: WithdrawPlan) -> tuple[int, bool]:
        """Hold the version; the hold's number, and whether it is new."""
        ...

    def unsent(self, plan: str, version: int) -> int: ...
    def told(self, ask: ListTold) -> ToldPage: ...


def withdraw_plan(
    recalls: Recalls, operations: Operations, command: WithdrawPlan
) -> WithdrawalReply | Refusal:
    """Hold all that is unsent of a version, everywhere; withdrawing twice changes nothing."""
    if not command.reason.strip():
        message = "Say why: it is kept with what was done."
        return refuse(UserErrorCode.REQUIRED, message, "reason")
    if not recalls.is_known(command.plan, command.version):
        message = f"Nobody was enrolled in version {command.version} of {command.plan}."
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


def list_told(recalls: Recalls, asks: Sequence[ListTold]) -> list[ToldPage]:
    return [
        recalls.told(msgspec.structs.replace(ask, limit=min(ask.limit, _MOST_AT_ONCE)))
        for ask in asks
    ]
