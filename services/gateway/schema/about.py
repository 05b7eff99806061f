"""What check-ins, escalations, tasks and messages are about: each kind in one ask."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.contracts.check_ins import CheckInRecord, EscalationRecord
from services.contracts.reminders import EnrollmentRecord, ReminderRecord
from services.contracts.replies import InboundRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.private import by_ids


class OfEnrollment(Protocol):
    @property
    def enrollment_id(self) -> int | None: ...


class OfReminder(Protocol):
    @property
    def reminder_id(self) -> int | None: ...


class OfMessage(Protocol):
    @property
    def inbound_id(self) -> int | None: ...


class OfCheckIn(Protocol):
    @property
    def check_in_id(self) -> int | None: ...


class OfEscalation(Protocol):
    @property
    def escalation_id(self) -> int | None: ...


async def enrollments_of(
    things: Sequence[OfEnrollment], _args: Mapping[str, Any], request: GatewayRequest
) -> list[EnrollmentRecord | None]:
    found = await by_ids(
        (each.enrollment_id for each in things if each.enrollment_id is not None),
        lambda numbers: request.calls.reminders.get_enrollments(request.scope, numbers),
    )
    return [found.get(each.enrollment_id or 0) for each in things]


async def reminders_of(
    things: Sequence[OfReminder], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ReminderRecord | None]:
    found = await by_ids(
        (each.reminder_id for each in things if each.reminder_id is not None),
        lambda numbers: request.calls.reminders.get_reminders(request.scope, numbers),
    )
    return [found.get(each.reminder_id or 0) for each in things]


async def messages_of(
    things: Sequence[OfMessage], _args: Mapping[str, Any], request: GatewayRequest
) -> list[InboundRecord | None]:
    found = await by_ids(
        (each.inbound_id for each in things if each.inbound_id is not None),
        lambda numbers: request.calls.replies.get_inbound(request.scope, numbers),
    )
    return [found.get(each.inbound_id or 0) for each in things]


async def check_ins_of(
    things: Sequence[OfCheckIn], _args: Mapping[str, Any], request: GatewayRequest
) -> list[CheckInRecord | None]:
    found = await by_ids(
        (each.check_in_id for each in things if each.check_in_id is not None),
        lambda numbers: request.calls.check_ins.get_check_ins(request.scope, numbers),
    )
    return [found.get(each.check_in_id or 0) for each in things]


async def escalations_of(
    things: Sequence[OfEscalation], _args: Mapping[str, Any], request: GatewayRequest
) -> list[EscalationRecord | None]:
    found = await by_ids(
        (each.escalation_id for each in things if each.escalation_id is not None),
        lambda numbers: request.calls.check_ins.get_escalations(request.scope, numbers),
    )
    return [found.get(each.escalation_id or 0) for each in things]
