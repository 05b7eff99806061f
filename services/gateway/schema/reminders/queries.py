"""Lists of reminders, paged in both directions."""

from collections.abc import Sequence
from typing import Final

from services.contracts.plain_text import is_plain
from services.contracts.reminders import ListReminders, ReminderRecord
from services.contracts.words import ReminderOrder
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import Args, argument, at_root
from services.gateway.schema.keyset import (
    Filters,
    Position,
    PrivateList,
    list_by_time,
    pages_of_many,
)
from services.gateway.schema.paging import Connection, page_request, two_way_connection_field
from services.gateway.schema.reminders.types import (
    ReminderConnection,
    ReminderFilter,
    ReminderSortEnum,
)

_OPPOSITE: Final = {
    ReminderOrder.DUE_ASC: ReminderOrder.DUE_DESC,
    ReminderOrder.DUE_DESC: ReminderOrder.DUE_ASC,
}


async def list_reminders(
    filters: Filters, order: ReminderOrder, args: Args, request: GatewayRequest
) -> Connection[ReminderRecord]:
    """Return the page of the clinic's reminders that first/after or last/before ask for."""
    paging = page_request(args)
    directed = {**filters, "order": _OPPOSITE[order] if paging.backward else order}
    return await _list("reminders", order).read(ListReminders, directed, paging, request)


async def list_reminders_of_many(
    lists: Sequence[tuple[str, Filters]], args: Args, request: GatewayRequest
) -> list[Connection[ReminderRecord] | FieldRefused]:
    """Return the same page of many lists, named for their cursors, earliest due first."""
    paging, order = page_request(args), ReminderOrder.DUE_ASC
    directed = {"order": _OPPOSITE[order] if paging.backward else order}
    named = [(_list(name, order), {**filters, **directed}) for name, filters in lists]
    return await pages_of_many(ListReminders, named, paging, request)


def _list(name: str, order: ReminderOrder) -> PrivateList[ReminderRecord, Position]:
    return list_by_time(f"{name}:{order}", lambda reminder: (reminder.due_at, reminder.id))


async def reminders_asked_for(args: Args, request: GatewayRequest) -> Connection[ReminderRecord]:
    filters = args.get("filter") or {}
    patient_id = ids.patient_number(filters)
    if patient_id == 0 or not is_plain(filters.get("plan") or ""):
        return Connection()
    order = args.get("sort") or ReminderOrder.DUE_ASC
    return await list_reminders({**filters, "patient_id": patient_id}, order, args, request)


class ReminderQueries:
    reminders = two_way_connection_field(
        ReminderConnection,
        "The clinic's reminders. Page forward or backward; the default is the first 20.",
        at_root(reminders_asked_for, STAFF_UP),
        filter=argument(ReminderFilter, "Filters for the list."),
        sort=argument(ReminderSortEnum, "The sort order.", default_value=ReminderOrder.DUE_ASC),
    )
