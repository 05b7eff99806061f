from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.reminders import ReminderRecord, RenderReminder
from services.contracts.words import MessageDetail, ReminderOrder, Role
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.paging import Connection, connection_of
from services.gateway.schema.reminders.listing import ReminderQuery, list_reminders
from services.gateway.schema.texts import is_plain

KIND: Final = "Reminder"


async def reminders_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[ReminderRecord]]:
    data = args.get("filter") or {}
    patient_id = _patient_number(data)
    if patient_id == 0 or not is_plain(data.get("plan") or ""):
        return [connection_of([], has_next=False, has_previous=False)]
    query = ReminderQuery(
        name="reminders",
        order=args.get("sort") or ReminderOrder.DUE_ASC,
        patient_id=patient_id,
        status=_tuple(data.get("status")),
        kind=_tuple(data.get("kind")),
        channel=data.get("channel"),
        plan=data.get("plan"),
        due_after=data.get("due_after"),
        due_before=data.get("due_before"),
    )
    return [await list_reminders(query, args, request)]


def _patient_number(data: Mapping[str, Any]) -> int | None:
    """Return None for all patients, and 0, never a real id, if the id is not a patient's."""
    public_id = data.get("patient_id")
    return None if public_id is None else ids.decode_number("Patient", public_id) or 0


def _tuple(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


async def bodies_of(
    reminders: Sequence[ReminderRecord], args: Mapping[str, Any], request: GatewayRequest
) -> Sequence[str | None]:
    """Return the text that was or would be sent; at another detail, render it for that detail."""
    if request.viewer.role == Role.OPERATOR:
        return [None] * len(reminders)
    detail: MessageDetail | None = args.get("detail")
    if detail is None:
        return [reminder.body for reminder in reminders]
    return await request.client.ask_many(
        [
            RenderReminder(scope=request.scope, reminder_id=reminder.id, detail=detail)
            for reminder in reminders
        ]
    )
