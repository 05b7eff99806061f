"""Decides whether, when and by which provider a failed message is tried again.

TABLE says what follows each kind of failure.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import Failure


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What happens after one kind of failure.

    `spends`: counts toward a message's last try. `is_providers_fault`: counts against the
    provider's health. `stops_account`: no worker uses the account until the wait is over.
    `may_go_elsewhere`: the next try may be with another provider. `least_wait_seconds` is for
    failures that do not pass in seconds. `waits_for`: why the message waits meanwhile.
    """

    is_tried_again: bool = True
    spends: bool = True
    is_providers_fault: bool = False
    stops_account: bool = False
    may_go_elsewhere: bool = True
    least_wait_seconds: float = 0.0
    waits_for: Reason | None = None


_AWAY = Treatment(spends=False, is_providers_fault=True, waits_for=Reason.PROVIDER_AWAY)

TABLE: Final[Mapping[Failure, Treatment]] = {
    Failure.NOT_REACHED: _AWAY,
    Failure.UNAVAILABLE: _AWAY,
    # A busy provider is not a broken message: it neither spends its tries nor marks the provider.
    Failure.BUSY: Treatment(spends=False, stops_account=True, waits_for=Reason.PROVIDER_BUSY),
    Failure.NOT_ALLOWED: Treatment(
        spends=False,
        is_providers_fault=True,
        least_wait_seconds=60,
        waits_for=Reason.ACCOUNT_REFUSED,
    ),
    # One clinic's sender says nothing about the provider, or others would wait for it.
    Failure.SENDER: Treatment(spends=False, least_wait_seconds=60, waits_for=Reason.SENDER_REFUSED),
    Failure.REFUSED: Treatment(waits_for=Reason.REFUSED_FOR_NOW),
    Failure.WITHHELD: Treatment(spends=False, may_go_elsewhere=False),
    Failure.FOR_GOOD: Treatment(is_tried_again=False, may_go_elsewhere=False),
    # Only a receipt, a lookup or a person can say what to do.
    Failure.AMBIGUOUS: Treatment(
        is_tried_again=False, is_providers_fault=True, may_go_elsewhere=False
    ),
}


class Backoff(msgspec.Struct, frozen=True):
    """Waits double from `base_seconds` to `cap_seconds`; `tries` counts those that spend."""

    base_seconds: float
    cap_seconds: float
    tries: int


BACKOFFS: Final[Mapping[Channel, Backoff]] = {
    Channel.SMS: Backoff(base_seconds=2, cap_seconds=15 * 60, tries=8),
    # Greylisting mail servers want minutes, not seconds.
    Channel.EMAIL: Backoff(base_seconds=30, cap_seconds=30 * 60, tries=8),
}

_PROVIDERS = frozenset({Failure.NOT_REACHED, Failure.UNAVAILABLE, Failure.BUSY})
"""The provider as a whole takes nothing: its circuit and its pause spare it, so waits are short."""

_PROVIDER_WAIT_SECONDS: Final = 2.0
_PROVIDER_GROWTH: Final = 1.1
_LONGEST_PROVIDER_WAIT_SECONDS: Final = 60.0
"""A wait grows with the outage, and stays below a tenth of it."""

LONGEST_RETRY_AFTER_SECONDS: Final = 60 * 60
"""A provider that asks for more is tried again after this; usefulness limits it anyway."""


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """One failure of one message.

    `attempts` counts those begun, this one too; `spent` those before it that count.
    `seconds_left` is how long the message is still of use.
    """

    channel: Channel
    failure: Failure
    attempts: int
    spent: int
    seconds_left: float
    retry_after: float | None = None


def wait_seconds(failed: Failed, *, jitter: float) -> float | None:
    """Return the seconds until the next try; None if there is none, or it would come too late.

    `jitter`, in [0, 1), spreads messages that failed together. A wait that a
    provider asks for is kept, with up to a tenth more.
    """
    treatment, backoff = TABLE[failed.failure], BACKOFFS[failed.channel]
    if not treatment.is_tried_again:
        return None
    if treatment.spends and failed.spent + 1 >= backoff.tries:
        return None
    wait = _wait(failed, backoff, treatment, jitter)
    return wait if wait < failed.seconds_left else None


def _wait(failed: Failed, backoff: Backoff, treatment: Treatment, jitter: float) -> float:
    if failed.retry_after is not None:
        wanted = min(max(failed.retry_after, 0.0), LONGEST_RETRY_AFTER_SECONDS)
        return wanted * (1 + jitter / 10)
    if failed.failure in _PROVIDERS:
        grown = _PROVIDER_WAIT_SECONDS * _PROVIDER_GROWTH ** min(failed.attempts - 1, 100)
        return min(_LONGEST_PROVIDER_WAIT_SECONDS, grown) * (0.5 + jitter / 2)
    doubled = backoff.base_seconds * 2.0 ** min(failed.attempts - 1, 30)
    longest = max(treatment.least_wait_seconds, doubled)
    return float(min(backoff.cap_seconds, longest) * (0.5 + jitter / 2))


FALLBACKS: Final[Mapping[Channel, Channel]] = {Channel.SMS: Channel.EMAIL}
"""Used after a definite failure only: what may have arrived is not sent again."""


def fallback(step: AftercareStep, failed: Channel) -> Channel | None:
    """Return the channel a step takes after one failed for good; None without a text for it."""
    other = FALLBACKS.get(failed)
    if other is None or other not in step.channels or other not in step.messages:
        return None
    return other
