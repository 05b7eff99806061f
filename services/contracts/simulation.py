"""What a patient would be sent, without storing or sending anything."""

from datetime import datetime

from services.contracts.ask import RemindersAsk
from services.contracts.catalog import Channel, StepKind
from services.contracts.reminders import HoldShown, Record, Scope
from services.contracts.words import MessageDetail


class PlanAt(Record, frozen=True, kw_only=True):
    """A plan, by its slug, and when its procedure would begin."""

    plan: str
    procedure_at: datetime


class SimulatedReminder(Record, frozen=True, kw_only=True):
    """One step on one channel; a clinician's has none.

    `hold` says what keeps it from being sent as planned, or at all; then it may have no text.
    `segments` are the parts of a text message.
    """

    step_key: str
    kind: StepKind
    channel: Channel | None
    due_at: datetime
    local_due_at: str  # RFC 9557
    subject: str | None = None
    body: str | None = None
    segments: int | None = None
    hold: HoldShown | None = None


class SimulateEnrollment(
    RemindersAsk[tuple[SimulatedReminder, ...] | None], frozen=True, kw_only=True
):
    """In order of time; None when there is no such plan, or no such patient in the scope.

    With a patient, by that patient's consents, windows and addresses; else for an imagined one of
    the clinic who permits everything. Plans alongside whose procedure is on the same local day are
    taken for one visit. What is left out is as the patient, or else the clinic, has it.
    """

    scope: Scope
    plans: tuple[PlanAt, ...]  # the one asked about, then those alongside
    time_zone: str
    locale: str | None = None
    channels: tuple[Channel, ...] | None = None
    detail: MessageDetail | None = None
    patient_id: int | None = None
