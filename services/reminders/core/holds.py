"""Which messages an operator's hold applies to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.senders import SenderAddress

OF_ENROLLMENT: Final = 0
"""In place of a hold's id: the message waits until its enrollment changes."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Keeps back the messages that match every field; None matches every message."""

    id: int
    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    plan_version: int | None = None  # of a version that was withdrawn


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a hold compares with a message."""

    clinic_id: int
    channel: Channel
    plan: str | None
    plan_version: int | None = None


def hold_on(subject: Subject, holds: Iterable[Hold]) -> int | None:
    """The hold on a message, whichever provider would send it. Returns None if there is none."""
    matching = (hold for hold in holds if hold.provider is None and _matches(hold, subject))
    return min((hold.id for hold in matching), default=None)


def is_withdrawn(subject: Subject, holds: Iterable[Hold]) -> bool:
    """Whether the plan version of a message was withdrawn."""
    return any(hold.plan_version is not None and _matches(hold, subject) for hold in holds)


def held_providers(subject: Subject, holds: Iterable[Hold]) -> dict[str, int]:
    """The providers that must not send a message, each with its hold."""
    return {hold.provider: hold.id for hold in holds if hold.provider and _matches(hold, subject)}


def hold_on_all(
    senders: Sequence[SenderAddress], usable: Iterable[str], held: Mapping[str, int]
) -> int | None:
    """The hold to blame when every provider of a message is held; None otherwise."""
    providers = {sender.provider for sender in senders} & set(usable)
    return held[min(providers)] if providers and providers <= held.keys() else None


def _matches(hold: Hold, subject: Subject) -> bool:
    return (
        hold.clinic_id in (None, subject.clinic_id)
        and hold.channel in (None, subject.channel)
        and hold.plan in (None, subject.plan)
        and hold.plan_version in (None, subject.plan_version)
    )
