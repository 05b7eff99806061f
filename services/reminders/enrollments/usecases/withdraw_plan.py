"""Withdraws a version of a plan: holds what is unsent, and lists who was sent what."""

from typing import Final

import msgspec

from services.contracts.enrollments import (
    ForeseeWithdrawal,
    ListTold,
    ToldPage,
    WithdrawalOutlook,
    WithdrawalReply,
    WithdrawPlan,
)
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import PlanSource
from services.reminders.operations.domain.operation import NewOperation

_MOST_AT_ONCE: Final = 10_000
_BASE_LOCALE: Final = "en"


def withdraw_plan(
    uow: EnrollmentsUnitOfWork,
    command: WithdrawPlan,
    *,
    source: PlanSource,
) -> WithdrawalReply | Refusal:
    """Hold all that is unsent of a version, in every clinic; doing it twice changes nothing.

    A version without enrollments can be withdrawn too, as long as the catalog offers it.
    """
    if not command.reason.strip():
        message = "Say why: it is kept with what was done."
        return refuse(UserErrorCode.REQUIRED, message, "reason")
    if not (
        uow.plan_recalls.is_known(command.plan, command.version) or _is_offered(source, command)
    ):
        message = (
            f"Nobody was enrolled in version {command.version} of {command.plan}, "
            "and the current catalog does not have it."
        )
        return refuse(UserErrorCode.NOT_FOUND, message, "version")
    hold_id, is_new = uow.plan_recalls.place(command)
    unsent = uow.plan_recalls.unsent(command.plan, command.version)
    sent = uow.plan_recalls.sent(ListTold(plan=command.plan, version=command.version, limit=1))
    if is_new:
        filters = {"hold": hold_id, "plan": command.plan, "plan_version": command.version}
        uow.operations.add(
            NewOperation(
                kind="WITHDRAW_PLAN",
                actor=command.actor,
                reason=command.reason,
                filters=msgspec.json.encode(filters).decode(),
                affected=unsent,
            )
        )
    return WithdrawalReply(hold_id=hold_id, unsent=unsent, told=sent.total)


def _is_offered(source: PlanSource, command: WithdrawPlan) -> bool:
    clinic_plan = source.plan(None, command.plan, _BASE_LOCALE)
    return clinic_plan is not None and clinic_plan.plan.version == command.version


def foresee_withdrawal(uow: EnrollmentsUnitOfWork, ask: ForeseeWithdrawal) -> WithdrawalOutlook:
    recalls, plan, version = uow.plan_recalls, ask.plan, ask.version
    clinics, enrollments = recalls.running(plan, version)
    return WithdrawalOutlook(
        clinics=clinics,
        enrollments=enrollments,
        unsent=recalls.unsent(plan, version),
        told=recalls.sent(ListTold(plan=plan, version=version, limit=1)).total,
        hold_id=recalls.hold_id(plan, version),
    )


def list_sent(uow: EnrollmentsUnitOfWork, ask: ListTold) -> ToldPage:
    limit = min(ask.limit, _MOST_AT_ONCE)
    return uow.plan_recalls.sent(msgspec.structs.replace(ask, limit=limit))
