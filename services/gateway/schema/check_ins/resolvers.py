from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts.check_ins import CheckInRecord, ListCheckIns
from services.contracts.reminders import EnrollmentRecord
from services.gateway.request import GatewayRequest


async def check_ins_of(
    enrollments: Sequence[EnrollmentRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Sequence[CheckInRecord]]:
    """List the check-ins of each enrollment, asking once for each."""
    unique = list(dict.fromkeys(enrollment.id for enrollment in enrollments))
    check_ins = await request.client.ask(
        ListCheckIns(scope=request.scope, enrollment_ids=tuple(unique))
    )
    by_enrollment = dict(zip(unique, check_ins, strict=True))
    return [by_enrollment[enrollment.id] for enrollment in enrollments]
