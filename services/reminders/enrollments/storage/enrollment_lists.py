"""Lists of enrollments: of a patient, of a clinic, of a plan."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import ListEnrollments
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.database.fragments import IS_ITS_PLAN
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment, plan_version
from services.reminders.enrollments.domain.enrollment import Enrollment


class EnrollmentListRepository(Repository):
    def of_patients(self, asks: Sequence[ListEnrollments]) -> list[list[Enrollment]]:
        """Read a page for each ask, all in one statement.

        A page has one enrollment more than asked for if there are further ones.
        """
        parts = [
            sa.select(_page(ask, enrollment.c.patient_id == ask.patient_id).subquery()).add_columns(
                sa.literal(number).label("ask")
            )
            for number, ask in enumerate(asks)
        ]
        pages: list[list[Enrollment]] = [[] for _ in asks]
        for row in self._connection.execute(sa.union_all(*parts)):
            pages[row.ask].append(struct_from(Enrollment, row))
        for page in pages:
            page.sort(key=lambda item: (item.procedure_at, item.id), reverse=True)
        return pages

    def of_clinics(self, asks: Sequence[FindEnrollments]) -> list[list[Enrollment]]:
        """Read a page for each ask, with one enrollment more if there are further ones."""
        return [
            [
                struct_from(Enrollment, row)
                for row in self._connection.execute(_page(ask, *_wanted(ask)))
            ]
            for ask in asks
        ]

    def running(
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
                enrollment.c.status.in_(RUNNING),
            )
            .order_by(*place)
            .limit(limit)
        )
        if after is not None:
            query = query.where(sa.tuple_(*place) > after)
        return [Key(*row) for row in self._connection.execute(query)]


def _page(
    ask: ListEnrollments | FindEnrollments, *wanted: sa.ColumnElement[bool]
) -> sa.Select[*tuple[Any, ...]]:
    place = (enrollment.c.procedure_at, enrollment.c.id)
    query = (
        sa.select(enrollment)
        .where(
            enrollment.c.clinic_id == ask.scope.clinic_id,
            enrollment.c.mode == ask.scope.mode,
            sa.true() if ask.status is None else enrollment.c.status.in_(ask.status),
            *wanted,
        )
        .order_by(*(column.desc() for column in place))
        .limit(ask.first + 1)
    )
    return query if ask.after is None else query.where(sa.tuple_(*place) < ask.after)


def _wanted(ask: FindEnrollments) -> list[sa.ColumnElement[bool]]:
    asked: tuple[tuple[Any, Callable[[Any], sa.ColumnElement[bool]]], ...] = (
        (ask.procedure_state, enrollment.c.procedure_state.in_),
        (ask.procedure_after, enrollment.c.procedure_at.__ge__),
        (ask.procedure_before, enrollment.c.procedure_at.__lt__),
        (ask.visit_reference, enrollment.c.visit_reference.__eq__),
    )
    wanted = [compare(value) for value, compare in asked if value is not None]
    if ask.plan is not None or ask.plan_version is not None:
        wanted.append(_is_of_plan(ask))
    return wanted


def _is_of_plan(ask: FindEnrollments) -> sa.ColumnElement[bool]:
    pinned = sa.exists().where(IS_ITS_PLAN)
    if ask.plan is not None:
        pinned = pinned.where(plan_version.c.slug == ask.plan)
    if ask.plan_version is not None:
        pinned = pinned.where(plan_version.c.version == ask.plan_version)
    return pinned
