"""Which messages of a visit are merged into one.

Otherwise a patient with two procedures in a visit would get two texts in the same hour, and a
patient who was enrolled late would get everything at once. Messages of the same hour of the
patient's day, channel, contact point and purpose are merged: the most important one, the host, is
sent and carries the texts of the others, as many as are carried whole.

The host of a message ends being useful no later than the message does, so that no text is sent
past its time. A question is never merged into a host: it must be the last thing that the patient
reads.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.core.caps import importance

MOST_TOGETHER: Final = 4
"""Texts in one message."""

Fits = Callable[[Sequence[int]], bool]
"""Whether the texts of these messages, by ids, are carried whole as one message."""


def _any_length(ids: Sequence[int]) -> bool:
    del ids
    return True


NEVER_SENT: Final = frozenset(
    {
        ReminderStatus.CANCELLED,
        ReminderStatus.EXPIRED,
        ReminderStatus.SKIPPED,
        ReminderStatus.FAILED,
    }
)
"""When a host ends like this, nobody has read what it carried."""

_HOUR: Final = len("2027-03-14T10")


class VisitMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A planned reminder of a visit. `is_active`: its enrollment is neither paused nor ended."""

    id: int
    state: ReminderStatus
    merged_into: int | None = None
    channel: Channel
    contact_point_id: int | None
    purpose: Purpose
    priority: int
    step_kind: StepKind | None
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    procedure_state: ProcedureState = ProcedureState.PLANNED
    is_active: bool = True


class Regrouping(msgspec.Struct, frozen=True, kw_only=True):
    """What has to change. `merge` maps ids to the hosts that carry them now.

    The messages of `release` are sent by themselves after all. A worker may already have rendered
    the hosts of `requeue`, and must render them again.
    """

    merge: Mapping[int, int] = {}
    release: tuple[int, ...] = ()
    requeue: tuple[int, ...] = ()


def slot(local_due_at: str) -> str:
    """The hour of a patient's day that a local due time lies in."""
    return local_due_at[:_HOUR]


def together(messages: Iterable[VisitMessage], fits: Fits = _any_length) -> dict[int, int]:
    """Map each message that should be merged to its host, by ids."""
    groups: defaultdict[tuple[object, ...], list[VisitMessage]] = defaultdict(list)
    for message in messages:
        groups[_merge_key(message)].append(message)
    hosts: dict[int, int] = {}
    for group in groups.values():
        hosts.update(_hosts(group, fits))
    return hosts


def regroup(
    messages: Iterable[VisitMessage],
    host_states: Mapping[int, ReminderStatus],
    *,
    now: datetime,
    fits: Fits = _any_length,
) -> Regrouping:
    """Compare the hosts that messages have with those they should have.

    `host_states` has the state of every host. A message that is due, or that a worker has in hand,
    leaves as it is. A merged message stays merged once its host may have left.
    """
    candidates = list(messages)
    by_id = {message.id: message for message in candidates}
    leaving = {message.id for message in candidates if _is_leaving(message, now)}
    free = [
        message
        for message in candidates
        if message.merged_into not in leaving and _is_free(message, host_states, now)
    ]
    wanted = together(free, fits)
    strays = [message for message in candidates if _is_stray(message, by_id)]
    return Regrouping(
        merge={id_: host for id_, host in wanted.items() if by_id[id_].merged_into != host},
        release=(
            *(message.id for message in free if message.merged_into and message.id not in wanted),
            *(message.id for message in strays),
        ),
        requeue=tuple({message.merged_into for message in strays if message.merged_into}),
    )


def _merge_key(message: VisitMessage) -> tuple[object, ...]:
    """What two messages must share to be merged."""
    alone = None if message.is_active else message.id
    fitness = (message.procedure_state, message.is_active, alone)
    return (
        message.channel,
        message.contact_point_id,
        message.purpose,
        slot(message.local_due_at),
        fitness,
    )


def _hosts(group: Iterable[VisitMessage], fits: Fits) -> Iterator[tuple[int, int]]:
    carried: dict[int, list[int]] = {}
    hosts: list[VisitMessage] = []
    for message in sorted(group, key=_rank):
        host = next(
            (
                host
                for host in hosts
                if len(carried[host.id]) < MOST_TOGETHER
                and _can_host(host, message)
                and fits([*carried[host.id], message.id])
            ),
            None,
        )
        if host is None:
            hosts.append(message)
            carried[message.id] = [message.id]
        else:
            carried[host.id].append(message.id)
            yield message.id, host.id


def _rank(message: VisitMessage) -> tuple[int, int, datetime, datetime, int]:
    return (
        *importance(message.priority, message.step_kind),
        message.useful_until,
        message.due_at,
        message.id,
    )


def _can_host(host: VisitMessage, message: VisitMessage) -> bool:
    is_question = message.step_kind is StepKind.CHECK_IN
    return not is_question and message.useful_until >= host.useful_until


def _is_leaving(message: VisitMessage, now: datetime) -> bool:
    return message.state is ReminderStatus.SCHEDULED and message.due_at < now


def _is_free(
    message: VisitMessage, host_states: Mapping[int, ReminderStatus], now: datetime
) -> bool:
    if message.state is ReminderStatus.SCHEDULED:
        return message.due_at >= now
    if message.state is not ReminderStatus.MERGED or message.merged_into is None:
        return False
    state = host_states[message.merged_into]
    return state is ReminderStatus.SCHEDULED or state in NEVER_SENT


def _is_stray(message: VisitMessage, by_id: Mapping[int, VisitMessage]) -> bool:
    """Merged into a host that a worker has in hand, though the two may no longer be merged."""
    host = by_id.get(message.merged_into or 0)
    if message.state is not ReminderStatus.MERGED or host is None:
        return False
    return host.state is ReminderStatus.QUEUED and _merge_key(message) != _merge_key(host)
