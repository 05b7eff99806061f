"""Pages of reminders, in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from services.contracts.catalog import Channel, StepKind
from services.contracts.reminders import ListReminders, ReminderRecord
from services.contracts.words import ReminderOrder, ReminderStatus
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.keyset import (
    Position,
    PrivateList,
    limit_of,
    list_by_time,
    pages_of_many,
)
from services.gateway.schema.paging import Connection, PageRequest, page_request


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderQuery:
    """Which reminders to list, in which order; `name` marks the cursors of this list."""

    name: str
    order: ReminderOrder = ReminderOrder.DUE_ASC
    enrollment_id: int | None = None
    patient_id: int | None = None
    status: tuple[ReminderStatus, ...] | None = None
    kind: tuple[StepKind, ...] | None = None
    channel: Channel | None = None
    plan: str | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None


_OPPOSITE = {
    ReminderOrder.DUE_ASC: ReminderOrder.DUE_DESC,
    ReminderOrder.DUE_DESC: ReminderOrder.DUE_ASC,
}


async def list_reminders(
    query: ReminderQuery, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[ReminderRecord]:
    """Return the page that first/after or last/before ask for."""
    paging = page_request(args)
    reminders = _list(query)
    question = _question(query, paging, request, reminders.start(paging, request))
    page = await request.client.ask(question)
    return reminders.connection(page.items, paging, request, has_more=page.has_more)


async def list_reminders_of_many(
    queries: Sequence[ReminderQuery], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[ReminderRecord] | FieldRefused]:
    """Return the same page of many lists, in one ask."""
    paging = page_request(args)
    return await pages_of_many(
        [(_list(query), partial(_question, query, paging, request)) for query in queries],
        paging,
        request,
        request.client.ask_many,
    )


def _list(query: ReminderQuery) -> PrivateList[ReminderRecord, Position]:
    return list_by_time(
        f"{query.name}:{query.order}", lambda reminder: (reminder.due_at, reminder.id)
    )


def _question(
    query: ReminderQuery, paging: PageRequest, request: GatewayRequest, after: Position | None
) -> ListReminders:
    return ListReminders(
        scope=request.scope,
        enrollment_id=query.enrollment_id,
        patient_id=query.patient_id,
        status=query.status,
        kind=query.kind,
        channel=query.channel,
        plan=query.plan,
        due_after=query.due_after,
        due_before=query.due_before,
        order=_OPPOSITE[query.order] if paging.backward else query.order,
        limit=limit_of(paging),
        after=after,
    )
