"""Enrollments of a whole clinic, and counts of what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.contracts.enrollments import FindEnrollments, ReportDeliveries, ReportRow
from services.contracts.words import EnrollmentStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.joins import IS_ITS_PLAN
from services.reminders.database.tables import enrollment, outbound, plan_version
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.storage.enrollments import read_enrollment


class EnrollmentListRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, asks: Sequence[FindEnrollments]) -> list[list[Enrollment]]:
        """Read a page for each ask, with one enrollment more where there are further ones."""
        return [
            [read_enrollment(row) for row in self._connection.execute(_page(ask))] for ask in asks
        ]

    def of_plan(
        self, plan: str, *, but_version: int, after: tuple[int, int] | None, limit: int
    ) -> list[Key]:
        """Find running enrollments in other versions of a plan, in order of (clinic, id)."""
        place = (enrollment.c.clinic_id, enrollment.c.id)
        query = (
            sa.select(enrollment.c.clinic_id, enrollment.c.mode, enrollment.c.id)
            .join(plan_version, IS_ITS_PLAN)
            .where(
                plan_version.c.slug == plan,
                plan_version.c.version != but_version,
                enrollment.c.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)),
            )
            .order_by(*place)
            .limit(limit)
        )
        if after is not None:
            query = query.where(sa.tuple_(*place) > after)
        return [Key(*row) for row in self._connection.execute(query)]

    def report(
        self, ask: ReportDeliveries, zone: str, since: datetime, before: datetime
    ) -> list[ReportRow]:
        """Count what is due from one moment to before another, by the day in the zone."""
        day = sa.cast(sa.func.timezone(zone, outbound.c.due_at), sa.Date).label("date")
        columns = (day, outbound.c.channel, outbound.c.state.label("status"))
        statement = (
            sa.select(*columns, sa.func.count().label("count"))
            .where(
                outbound.c.clinic_id == ask.scope.clinic_id,
                outbound.c.mode == ask.scope.mode,
                outbound.c.kind == OutboundKind.REMINDER,
                outbound.c.due_at >= since,
                outbound.c.due_at < before,
            )
            .group_by(*columns)
            .order_by(*columns)
        )
        return [ReportRow(**row) for row in self._connection.execute(statement).mappings()]


def _page(ask: FindEnrollments) -> sa.Select[*tuple[Any, ...]]:
    place = (enrollment.c.procedure_at, enrollment.c.id)
    query = (
        sa.select(enrollment)
        .where(
            enrollment.c.clinic_id == ask.scope.clinic_id,
            enrollment.c.mode == ask.scope.mode,
            *_wanted(ask),
        )
        .order_by(*(column.desc() for column in place))
        .limit(ask.first + 1)
    )
    return query if ask.after is None else query.where(sa.tuple_(*place) < ask.after)


def _wanted(ask: FindEnrollments) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if ask.status is not None:
        wanted.append(enrollment.c.status.in_(ask.status))
    if ask.procedure_state is not None:
        wanted.append(enrollment.c.procedure_state.in_(ask.procedure_state))
    if ask.procedure_after is not None:
        wanted.append(enrollment.c.procedure_at >= ask.procedure_after)
    if ask.procedure_before is not None:
        wanted.append(enrollment.c.procedure_at < ask.procedure_before)
    if ask.visit_reference is not None:
        wanted.append(enrollment.c.visit_reference == ask.visit_reference)
    if ask.plan is not None or ask.plan_version is not None:
        wanted.append(_is_of_plan(ask))
    return wanted


def _is_of_plan(ask: FindEnrollments) -> sa.ColumnElement[bool]:
    pinned = sa.exists().where(
        IS_ITS_PLAN,
    )
    if ask.plan is not None:
        pinned = pinned.where(plan_version.c.slug == ask.plan)
    if ask.plan_version is not None:
        pinned = pinned.where(plan_version.c.version == ask.plan_version)
    return pinned
