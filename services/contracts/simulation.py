"""The reminders a patient would get. Nothing is stored or sent."""

from datetime import datetime

from services.contracts.catalog import Channel, StepKind
from services.contracts.reminders import HoldShown, Record, ScopedAsk
from services.contracts.words import MessageDetail


class PlanAt(Record, frozen=True, kw_only=True):
    plan: str
    procedure_at: datetime


class SimulatedReminder(Record, frozen=True, kw_only=True):
    """A step on a channel. A clinician's task has none.

    `hold` says what keeps it from being sent as planned, or at all; it may have no text then.
    `segments` counts those of an SMS.
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
    ScopedAsk[tuple[SimulatedReminder, ...] | None], frozen=True, kw_only=True
):
    """Simulate an enrollment, in order of time. None if the plan or the patient is unknown.

    With a patient, it uses that patient's consents, windows and addresses; without, a patient of
    the clinic who consents to everything. Plans whose procedures are on the same local day are one
    visit. Missing fields are those of the patient or the clinic.
    """

    plans: tuple[PlanAt, ...]  # the one asked about, then those alongside
    time_zone: str
    locale: str | None = None
    channels: tuple[Channel, ...] | None = None
    detail: MessageDetail | None = None
    patient_id: int | None = None
