"""Check-ins, and what follows if somebody is not well: escalations and alerts.

The reminders service answers these asks within their `Scope`. Asks for pages behind signed links
have no scope; they carry the numbers in the link.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from services.contracts.ask import OperatorAsk, RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel, ContentBlock, RedFlag
from services.contracts.errors import Refusal
from services.contracts.reminders import Record, Reply, ScopedAsk, ScopedCommand
from services.contracts.words import AlertHours, CheckInLevel, EscalationOutcome, ReminderStatus

CHECK_IN_PURPOSE: Final = "check-in"
CHECK_IN_LIFETIME: Final = timedelta(days=60)
"""Of the token in `/c/<token>`: (clinic id, reminder id). An old one still shows red flags."""

ALERT_PURPOSE: Final = "alert"
ALERT_LIFETIME: Final = timedelta(days=14)
"""Of the token in `/a/<token>`: (clinic id, alert id)."""


# ---------------------------------------------------------------- check-ins
class CheckInOptionRecord(Record, frozen=True, kw_only=True):
    """An answer to choose. Its number in the list, from 1, is an answer too."""

    value: str
    label: str


class CheckInRecord(Record, frozen=True, kw_only=True):
    """A question to a patient. Each step of an enrollment has at most one.

    `answer` is the last answer, None once purged; `level` is that of the worst one. `answered_via`
    is SMS, EMAIL, PAGE or STAFF.
    """

    id: int
    reminder_id: int
    enrollment_id: int
    patient_id: int
    step_key: str
    question: str
    options: tuple[CheckInOptionRecord, ...]
    opened_at: datetime
    closes_at: datetime
    answer: str | None = None
    answered_via: str | None = None
    answered_at: datetime | None = None
    level: CheckInLevel
    escalation_id: int | None = None


class GetCheckIns(ScopedAsk[tuple[CheckInRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class ListCheckIns(ScopedAsk[tuple[tuple[CheckInRecord, ...], ...]], frozen=True, kw_only=True):
    """The check-ins of each enrollment, oldest first."""

    enrollment_ids: tuple[int, ...]


class CheckInReply(Reply, frozen=True, kw_only=True):
    """`guidance` is shown to the person who answered. After RED it says what to do now."""

    check_in: CheckInRecord | None = None
    guidance: tuple[ContentBlock, ...] = ()


class AnswerCheckIn(ScopedCommand[CheckInReply], frozen=True, kw_only=True):
    """Record what a patient told a person or an app: an option, or free text.

    An option is its value, label or number. Free text is never GREEN. The same key and input get
    the same reply; the same key with other input is a CONFLICT.
    """

    check_in_id: int
    answer: str
    idempotency_key: str | None = None


class CheckInShown(Record, frozen=True, kw_only=True):
    """What the page of a check-in shows, in the patient's language and without names."""

    check_in: CheckInRecord
    is_closed: bool
    locale: str
    clinic_name: str
    clinic_phone: str | None
    emergency_number: str
    seek_help_if: tuple[RedFlag, ...]
    guidance: tuple[ContentBlock, ...] = ()  # once it is answered


class ShowCheckIn(RemindersAsk[CheckInShown | None], frozen=True, kw_only=True):
    """Get the check-in of the reminder in a signed link, or None."""

    clinic_id: int
    reminder_id: int


class AnswerByLink(RemindersCommand[CheckInReply], frozen=True, kw_only=True):
    """Answer on the page. TOO_LATE once it is closed, but a RED answer is always accepted."""

    timeout_seconds: ClassVar[float] = 3.0
    clinic_id: int
    reminder_id: int
    answer: str


# ---------------------------------------------------------------- escalations
class AlertRecord(Record, frozen=True, kw_only=True):
    """A message to staff. Tier 0 is alerted at once. `state` is that of the message."""

    tier: int
    channel: Channel
    sent_at: datetime
    state: ReminderStatus


class EscalationRecord(Record, frozen=True, kw_only=True):
    """Somebody may need help; staff are alerted until a person acknowledges it."""

    id: int
    level: CheckInLevel
    reason: str
    patient_id: int | None
    enrollment_id: int | None
    check_in_id: int | None
    inbound_id: int | None
    opened_at: datetime
    alerts: tuple[AlertRecord, ...] = ()  # oldest first
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    outcome: EscalationOutcome | None = None
    note: str | None = None


class EscalationPage(Record, frozen=True, kw_only=True):
    """RED first, then oldest. `total` counts the whole list."""

    items: tuple[EscalationRecord, ...]
    has_more: bool
    total: int


class ListEscalations(ScopedAsk[EscalationPage], frozen=True, kw_only=True):
    """`after`: (0 for RED, else 1; opened_at; id) of the last one seen."""

    is_open: bool | None = True  # not resolved; None: resolved ones as well
    level: tuple[CheckInLevel, ...] | None = None
    patient_id: int | None = None
    limit: int
    after: tuple[int, datetime, int] | None = None


class GetEscalations(ScopedAsk[tuple[EscalationRecord | None, ...]], frozen=True, kw_only=True):
    ids: tuple[int, ...]


class EscalationReply(Reply, frozen=True, kw_only=True):
    escalation: EscalationRecord | None = None


class AcknowledgeEscalation(ScopedCommand[EscalationReply], frozen=True, kw_only=True):
    """Stop the alerts. The first of two stands. `by` is for credentials without a person."""

    escalation_id: int
    by: str | None = None


class ResolveEscalation(ScopedCommand[EscalationReply], frozen=True, kw_only=True):
    """Close an escalation, and acknowledge it if nobody has.

    A RED one needs a clinician, or it is NOT_ALLOWED. The first of two with the same outcome
    stands; another outcome is a CONFLICT.
    """

    escalation_id: int
    outcome: EscalationOutcome
    note: str | None = None


class AlertShown(Record, frozen=True, kw_only=True):
    """What the page of an alert shows. `escalation_id` is None for a test.

    `time_zone` is the clinic's, an IANA name.
    """

    clinic_name: str
    locale: str
    time_zone: str = "UTC"
    escalation_id: int | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class ShowAlert(RemindersAsk[AlertShown | None], frozen=True, kw_only=True):
    """Get the alert in a signed link. This changes nothing."""

    clinic_id: int
    alert_id: int


class AcknowledgeAlert(RemindersCommand[AlertShown | None], frozen=True, kw_only=True):
    """Acknowledge the alert's escalation on the page, or confirm that a test arrived."""

    timeout_seconds: ClassVar[float] = 3.0
    clinic_id: int
    alert_id: int
    by: str


# ---------------------------------------------------------------- a clinic's chain of alerts
class AlertContactRecord(Record, frozen=True, kw_only=True, tag=True):
    """A masked contact to alert. Tiers 0 to 3 are: at once, after 5, 15 and 30 minutes."""

    id: int
    clinic_id: int
    tier: int
    hours: AlertHours
    channel: Channel
    masked: str
    label: str | None
    proven_at: datetime | None  # when a test alert was acknowledged by it


class AddAlertContact(RemindersCommand[AlertContactRecord | Refusal], frozen=True, kw_only=True):
    """`label` names a role, such as “front desk”. A tier has each address once."""

    clinic_id: int
    tier: int = 0
    hours: AlertHours = AlertHours.ALWAYS
    channel: Channel
    address: str
    label: str | None = None


class RemoveAlertContact(RemindersCommand[AlertContactRecord | Refusal], frozen=True, kw_only=True):
    clinic_id: int
    contact_id: int


class ListAlertContacts(OperatorAsk[tuple[AlertContactRecord, ...]], frozen=True, kw_only=True):
    clinic_id: int


class AlertTestReply(Record, frozen=True, kw_only=True, tag=True):
    """`sent` is the number of contacts that get a test."""

    sent: int


class SendTestAlert(RemindersCommand[AlertTestReply | Refusal], frozen=True, kw_only=True):
    """Send a test to every contact. An acknowledgment proves that alerts arrive."""

    clinic_id: int
