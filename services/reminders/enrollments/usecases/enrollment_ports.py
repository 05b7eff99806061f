"""What the life of an enrollment needs stored, in the transaction of one command."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts.catalog import Channel
from services.contracts.enrollments import FindEnrollments, ReportDeliveries, ReportRow
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus, TaskKind
from services.reminders.core.books import Enrollment, Key
from services.reminders.core.enrollment_events import EventKind
from services.reminders.enrollments.domain.revision import PlannedRow


class EnrollmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """What an enrollment becomes; None leaves a thing as it is."""

    status: EnrollmentStatus | None = None
    procedure_at: datetime | None = None
    procedure_ended_at: datetime | None = None
    procedure_state: ProcedureState | None = None
    performed_by: str | None = None
    plan_version_id: int | None = None
    ends_at: datetime | None = None
    asks_anew: bool = False  # staff may be asked again whether the procedure took place


class Retimed(msgspec.Struct, frozen=True, kw_only=True):
    """`decided` holds (code, detail) of each decision, in order; the last code is the reason."""

    id: int
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    decided: tuple[tuple[str, str | None], ...]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    state: ReminderStatus
    code: str


class StepTask(msgspec.Struct, frozen=True, kw_only=True):
    """A clinician's step."""

    id: int
    step_key: str
    due_at: datetime | None
    is_done: bool


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A message that puts an earlier one right."""

    patient_id: int
    enrollment_id: int
    contact_point_id: int
    consent_id: int
    channel: Channel
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    subject: str | None
    text: str


class SentCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """`waits`: not begun, so its text can still be another."""

    id: int
    enrollment_id: int
    channel: Channel
    due_at: datetime
    waits: bool


class EnrollmentLife(Protocol):
    def rows(self, key: Key) -> Sequence[PlannedRow]:
        """Every reminder in order of ids, locked until the transaction ends."""
        ...

    def visit(self, enrollment: Enrollment) -> Sequence[Enrollment]:
        """An enrollment and those of its visit, locked, in order of ids."""
        ...

    def change(self, key: Key, change: EnrollmentChange) -> None: ...
    def move(self, key: Key, moved: Sequence[Retimed]) -> Sequence[int]:
        """Make waiting reminders due at other times; a worker that has one in hand loses it."""
        ...

    def free(self, key: Key, ids: Collection[int], code: str) -> Sequence[int]:
        """Let go of what was held, as it is; a worker that has one in hand loses it."""
        ...

    def end(self, key: Key, ended: Sequence[Ended]) -> Sequence[int]: ...
    def hold(self, key: Key, code: str) -> Sequence[int]:
        """Keep everything that waits out of the workers' sight."""
        ...

    def expired_in_pause(self, key: Key) -> Collection[str]:
        """The keys of the steps with a reminder that expired since the latest pause began."""
        ...

    def keep_version(self, key: Key, version_id: int) -> None:
        """Remember by which version of the plan everything ended that has begun or ended."""
        ...

    def tasks(self, key: Key) -> Sequence[StepTask]: ...
    def move_task(self, key: Key, task_id: int, due_at: datetime) -> None: ...
    def close_tasks(self, key: Key, kinds: Collection[TaskKind], by: str) -> None: ...
    def close_task(self, key: Key, task_id: int, by: str) -> None: ...
    def corrections(self, key: Key, since: datetime) -> Sequence[SentCorrection]:
        """Corrections of a patient (the key's) that are due since then and were not called off."""
        ...

    def correct(self, scope: Scope, new: Correction, instead_of: int | None) -> int: ...
    def note(self, key: Key, kind: EventKind, actor: str, content: bytes) -> int: ...
    def noted(self, clinic_id: int, event_id: int) -> tuple[int, bytes]:
        """The enrollment of an event, and the event's content."""
        ...


class EnrollmentLists(Protocol):
    def of_plan(
        self, plan: str, *, but_version: int, after: tuple[int, int] | None, limit: int
    ) -> Sequence[Key]:
        """Find running enrollments in other versions of a plan, in order of (clinic, id)."""
        ...

    def find(self, asks: Sequence[FindEnrollments]) -> Sequence[Sequence[Enrollment]]:
        """Read a page for each ask, with one enrollment more where there are further ones."""
        ...

    def report(
        self, ask: ReportDeliveries, zone: str, since: datetime, before: datetime
    ) -> Sequence[ReportRow]:
        """Count what is due from one moment to before another, by the day in the zone."""
        ...
