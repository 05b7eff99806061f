"""Which messages an operator's hold keeps back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.senders import SenderAddress

OF_ENROLLMENT: Final = 0
"""In place of a hold's number: kept back until something becomes of the enrollment itself."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Keeps back what matches all that is given; None matches everything."""

    id: int
    clinic_id: int | None = None
    channel: Channel | None = None
    provider: str | None = None
    plan: str | None = None
    plan_version: int | None = None  # that version of the plan is withdrawn


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a hold looks at in a message."""

    clinic_id: int
    channel: Channel
    plan: str | None
    plan_version: int | None = None


def hold_on(subject: Subject, holds: Iterable[Hold]) -> int | None:
    """The hold that keeps a message back, whoever would carry it."""
    return min(
        (one.id for one in holds if one.provider is None and _matches(one, subject)), default=None
    )


def is_withdrawn(subject: Subject, holds: Iterable[Hold]) -> bool:
    """Whether the version of the plan that a message is of was withdrawn."""
    return any(one.plan_version is not None and _matches(one, subject) for one in holds)


def held_providers(subject: Subject, holds: Iterable[Hold]) -> dict[str, int]:
    """Providers that must not carry a message, and the hold that says so."""
    return {one.provider: one.id for one in holds if one.provider and _matches(one, subject)}


def hold_on_all(
    senders: Sequence[SenderAddress], known: Iterable[str], held: Mapping[str, int]
) -> int | None:
    """The hold that leaves a message no provider at all, if that is why there is none."""
    providers = {one.provider for one in senders} & set(known)
    return held[min(providers)] if providers and providers <= held.keys() else None


def _matches(hold: Hold, subject: Subject) -> bool:
    return (
        hold.clinic_id in (None, subject.clinic_id)
        and hold.channel in (None, subject.channel)
        and hold.plan in (None, subject.plan)
        and hold.plan_version in (None, subject.plan_version)
    )
