"""Messages of a visit, which may be merged into one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT, origins
from services.reminders.core.visits import Regrouping, VisitMessage
from services.reminders.database.fragments import IS_ITS_ENROLLMENT
from services.reminders.database.precompiled import rows
from services.reminders.database.repository import Repository
from services.reminders.database.tables import decision, enrollment, outbound
from services.reminders.enrollments.domain.enrollment import Enrollment

_FIELDS = (
    *("id", "state", "merged_into", "channel", "contact_point_id", "purpose"),
    *("step_kind", "due_at", "useful_until", "local_due_at"),
)
_LEFT = {"owner": None, "lease_until": None, "state_at": product_now}


class VisitRepository(Repository):
    def lock(self, scope: Scope, under: Enrollment) -> Sequence[VisitMessage]:
        """Lock a visit's messages in order of ids, so that two visits never wait for each other."""
        messages = self._connection.execute(
            sa.select(
                *(outbound.c[name] for name in _FIELDS),
                outbound.c.lane.label("priority"),
                enrollment.c.procedure_state,
                (enrollment.c.status == EnrollmentStatus.ACTIVE).label("is_active"),
            )
            .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
            .where(
                outbound.c.clinic_id == scope.clinic_id,
                outbound.c.mode == scope.mode,
                outbound.c.kind == OutboundKind.REMINDER,
                outbound.c.retry_of.is_(None),
                outbound.c.state.in_((*UNSENT, ReminderStatus.MERGED)),
                *_of_visit(under),
            )
            .order_by(outbound.c.id)
            .with_for_update(of=outbound)
        )
        return [VisitMessage(**row._mapping) for row in messages]  # noqa: SLF001 - a public attribute, by its name

    def states(self, clinic_id: int, ids: Collection[int]) -> Mapping[int, ReminderStatus]:
        messages = self._connection.execute(
            sa.select(outbound.c.id, outbound.c.state).where(
                outbound.c.clinic_id == clinic_id, outbound.c.id.in_(ids)
            )
        )
        return {row.id: row.state for row in messages}

    def apply(self, clinic_id: int, regrouping: Regrouping) -> Sequence[int]:
        """Change which messages are merged into which. Returns the ids of all that changed."""
        merged = list(regrouping.merge)
        hosts = sorted(set(regrouping.merge.values()))
        self._merge(clinic_id, regrouping.merge)
        self._schedule(clinic_id, regrouping.release, ReminderStatus.MERGED, merged_into=None)
        # With a new token, a worker that has claimed it cannot send the text it has rendered.
        self._schedule(
            clinic_id, regrouping.requeue, ReminderStatus.QUEUED, token=outbound.c.token + 1
        )
        self._decide(clinic_id, merged, Reason.MERGED)
        self._decide(clinic_id, hosts, Reason.CARRIES)
        self._decide(clinic_id, regrouping.release, Reason.UNMERGED)
        return [*merged, *hosts, *regrouping.release, *regrouping.requeue]

    def _merge(self, clinic_id: int, merge: Mapping[int, int]) -> None:
        if not merge:
            return
        new = rows("new", id=list(merge), merged_into=list(merge.values()))
        self._connection.execute(
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == clinic_id,
                outbound.c.id == new.c.id,
                outbound.c.state.in_((*origins(ReminderStatus.MERGED), ReminderStatus.MERGED)),
            )
            .values(
                state=ReminderStatus.MERGED,
                state_reason=Reason.MERGED,
                state_at=product_now,
                merged_into=new.c.merged_into,
            )
        )

    def _schedule(
        self,
        clinic_id: int,
        ids: Collection[int],
        origin: ReminderStatus,
        **more: Any,  # noqa: ANN401 - columns of several types
    ) -> None:
        if ids:
            self._connection.execute(
                sa.update(outbound)
                .where(
                    outbound.c.clinic_id == clinic_id,
                    outbound.c.id.in_(ids),
                    outbound.c.state == origin,
                )
                .values(state=ReminderStatus.SCHEDULED, state_reason=None, **_LEFT, **more)
            )

    def _decide(self, clinic_id: int, ids: Collection[int], code: Reason) -> None:
        if ids:
            self._connection.execute(
                sa.insert(decision).values(clinic_id=clinic_id, at=product_now, code=code),
                [{"outbound_id": id_} for id_ in ids],
            )


def _of_visit(under: Enrollment) -> tuple[sa.ColumnElement[bool], ...]:
    if under.visit_reference is None:
        return (outbound.c.enrollment_id == under.id,)
    return (
        outbound.c.patient_id == under.patient_id,
        enrollment.c.visit_reference == under.visit_reference,
    )
