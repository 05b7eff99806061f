from datetime import datetime

import msgspec

from services.contracts.words import (
    TaskKind,
)


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    kind: TaskKind
    title: str
    step_key: str | None
    due_at: datetime | None


class StepTask(msgspec.Struct, frozen=True, kw_only=True):
    """A clinician's step."""

    id: int
    step_key: str
    due_at: datetime | None
    is_done: bool
