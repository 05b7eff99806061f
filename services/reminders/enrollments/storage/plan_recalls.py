"""Withdrawn versions of plans, and the messages that were sent from them."""

from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.enrollments import ListTold, ToldPage, ToldRecord, WithdrawPlan
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.fragments import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment, hold, outbound, plan_version
from services.reminders.enrollments.domain.revision import BEGUN, WAITING
from services.reminders.enrollments.storage.planned_reminder_statements import host_has_begun

Q = TypeVar("Q", bound=sa.Select[*tuple[Any, ...]])


class PlanRecallRepository(Repository):
    def is_known(self, plan: str, version: int) -> bool:
        is_pinned = sa.exists().where(
            plan_version.c.slug == plan, plan_version.c.version == version
        )
        return self._connection.execute(sa.select(is_pinned)).scalar_one()

    def place(self, command: WithdrawPlan) -> tuple[int, bool]:
        """Hold a version. Returns the hold's id, and whether it is new."""
        name = f"withdraw.{command.plan}.{command.version}"
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)))
        )
        existing = self.hold_id(command.plan, command.version)
        if existing is not None:
            return existing, False
        placed = self._connection.execute(
            sa.insert(hold)
            .values(
                plan=command.plan,
                plan_version=command.version,
                reason=command.reason,
                placed_by=command.actor,
                placed_at=product_now,
            )
            .returning(hold.c.id)
        ).scalar_one()
        return placed, True

    def hold_id(self, plan: str, version: int) -> int | None:
        """Find the id of the hold on a withdrawn version."""
        return self._connection.execute(
            sa.select(hold.c.id).where(*_is_hold_on(plan, version))
        ).scalar()

    def running(self, plan: str, version: int) -> tuple[int, int]:
        """Count the clinics and the enrollments that are running in a version."""
        counted = (
            sa.select(sa.func.count(enrollment.c.clinic_id.distinct()), sa.func.count())
            .join_from(enrollment, plan_version, IS_ITS_PLAN)
            .where(
                plan_version.c.slug == plan,
                plan_version.c.version == version,
                enrollment.c.status.in_(RUNNING),
            )
        )
        clinics, enrollments = self._connection.execute(counted).one()
        return clinics, enrollments

    def unsent(self, plan: str, version: int) -> int:
        counted = _count(plan, version)
        return self._connection.execute(
            counted.where(outbound.c.state.in_(WAITING), ~host_has_begun())
        ).scalar_one()

    def sent(self, ask: ListTold) -> ToldPage:
        was_sent = sa.or_(outbound.c.state.in_(BEGUN), host_has_begun())
        names = ("clinic_id", "patient_id", "enrollment_id", "step_key", "channel")
        columns = (
            *(outbound.c[name] for name in names),
            outbound.c.state.label("status"),
            outbound.c.state_at.label("at"),
        )
        listed = (
            _of_version(sa.select(*columns), ask.plan, ask.version)
            .where(was_sent)
            .order_by(outbound.c.state_at.desc(), outbound.c.id.desc())
            .limit(ask.limit)
        )
        counted = _count(ask.plan, ask.version).where(was_sent)
        items = tuple(ToldRecord(**row) for row in self._connection.execute(listed).mappings())
        return ToldPage(items=items, total=self._connection.execute(counted).scalar_one())


def _is_hold_on(plan: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        hold.c.plan == plan,
        hold.c.plan_version == version,
        hold.c.clinic_id.is_(None),
        hold.c.released_at.is_(None),
    )


def _count(plan: str, version: int) -> sa.Select[int]:
    return _of_version(sa.select(sa.func.count()), plan, version)


def _of_version(query: Q, plan: str, version: int) -> Q:
    return query.select_from(
        outbound.join(enrollment, IS_ITS_ENROLLMENT).join(
            plan_version,
            sa.and_(
                plan_version.c.clinic_id == enrollment.c.clinic_id,
                plan_version.c.id
                == sa.func.coalesce(outbound.c.plan_version_id, enrollment.c.plan_version_id),
            ),
        )
    ).where(
        plan_version.c.slug == plan,
        plan_version.c.version == version,
        outbound.c.kind == OutboundKind.REMINDER,
    )
