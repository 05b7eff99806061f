"""The beginning and the end of a delivery attempt."""

from uuid import UUID

import msgspec

from services.contracts.catalog import Channel
from services.contracts.sms.limits import TextPart
from services.contracts.words import AttemptOutcome, ReminderStatus, SuppressionReason
from services.reminders.core.message_text import RenderedMessage
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import known_reason
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import IGNORED, Rule
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Outcome,
    RejectedForGood,
    RejectedForNow,
)
from services.reminders.delivery.domain.retry import TABLE, Failed, Treatment, wait_seconds


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt about to be stored.

    It begins only if the message is still this worker's, no suppression stands under any of
    `address_indexes`, and the consent relied on is still the newest. `part` is what goes out of the
    message's text now.
    """

    claim: Claim
    sender: SenderAddress
    consent_id: int | None
    address_indexes: tuple[bytes, ...]
    message: RenderedMessage
    part: TextPart

    @property
    def ignores_opt_out(self) -> bool:
        return Rule.OPT_OUT in IGNORED[self.claim.kind]


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that is stored as open: only its holder may call the provider."""

    beginning: Beginning
    attempt_id: int
    number: int


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt, and where its message goes from there.

    `code` says why the attempt ended so, `reason` why the message is in its state from now on.
    """

    clinic_id: int
    outbound_id: int
    attempt_id: int
    token: int
    channel: Channel
    outcome: AttemptOutcome
    state: ReminderStatus
    code: str | None = None
    reason: str | None = None
    provider_reference: str | None = None
    wait_seconds: float = 0.0  # real time, for SCHEDULED
    spent: int = 0  # of the message's tries
    suppress: SuppressionReason | None = None
    address_index: bytes | None = None
    patient_id: int | None = None
    contact_point_id: int | None = None
    completes_parts: bool = False  # all parts of its text are accepted now

    @property
    def key(self) -> tuple[int, int]:
        return self.clinic_id, self.outbound_id


class Chances(msgspec.Struct, frozen=True, kw_only=True):
    """What is left for a message that was refused. `jitter`, in [0, 1), spreads retries.

    `seconds_left` is how long it is still of use. `has_elsewhere`: a provider that has not refused
    it could accept it now.
    """

    jitter: float
    seconds_left: float
    has_elsewhere: bool = False


def ending(begun: Begun, outcome: Outcome, chances: Chances) -> Ending:
    """Translate an outcome of a provider into what becomes of the attempt and its message."""
    claim = begun.beginning.claim
    ended = Ending(
        clinic_id=claim.clinic_id,
        outbound_id=claim.id,
        attempt_id=begun.attempt_id,
        token=claim.token,
        channel=claim.channel,
        outcome=AttemptOutcome.UNKNOWN,
        state=ReminderStatus.UNKNOWN,
        patient_id=claim.patient_id,
        contact_point_id=claim.contact_point_id,
    )
    if isinstance(outcome, Accepted):
        part = begun.beginning.part
        return msgspec.structs.replace(
            ended,
            outcome=AttemptOutcome.ACCEPTED,
            # The next part is due at once.
            state=ReminderStatus.ACCEPTED if part.is_last else ReminderStatus.SCHEDULED,
            completes_parts=part.is_last and part.number > 1,
            provider_reference=outcome.reference,
        )
    ended = msgspec.structs.replace(ended, code=outcome.code, reason=outcome.code)
    if isinstance(outcome, RejectedForNow):
        return _rejected_for_now(ended, begun, outcome, chances)
    if isinstance(outcome, RejectedForGood):
        return msgspec.structs.replace(
            ended,
            outcome=AttemptOutcome.REJECTED_FOR_GOOD,
            state=ReminderStatus.FAILED,
            suppress=outcome.suppress,
            address_index=begun.beginning.address_indexes[0] if outcome.suppress else None,
        )
    return ended


def _rejected_for_now(
    ended: Ending, begun: Begun, outcome: RejectedForNow, chances: Chances
) -> Ending:
    treatment = TABLE[outcome.failure]
    failed = Failed(
        channel=ended.channel,
        failure=outcome.failure,
        attempts=begun.number,
        spent=begun.beginning.claim.spent,
        seconds_left=chances.seconds_left,
        retry_after=outcome.retry_after,
    )
    goes_elsewhere = treatment.may_go_elsewhere and chances.has_elsewhere
    wait = 0.0 if goes_elsewhere else wait_seconds(failed, jitter=chances.jitter)
    return msgspec.structs.replace(
        ended,
        outcome=AttemptOutcome.REJECTED_FOR_NOW,
        state=ReminderStatus.FAILED if wait is None else ReminderStatus.SCHEDULED,
        reason=outcome.code if wait is None else _why_it_waits(outcome.code, treatment),
        wait_seconds=wait or 0.0,
        spent=int(treatment.spends),
    )


def _why_it_waits(code: str, treatment: Treatment) -> str:
    reason = known_reason(code)
    return code if reason and reason.is_wait else treatment.waits_for or code


class Departures(msgspec.Struct, frozen=True):
    """Of `owner`'s open attempts only these may have left: (clinic id, attempt id)."""

    owner: UUID
    departed: frozenset[tuple[int, int]]
