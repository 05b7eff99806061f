from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts.check_ins import CheckInRecord, ListCheckIns
from services.contracts.reminders import EnrollmentRecord
from services.gateway.request import GatewayRequest


async def check_ins_of(
    enrollments: Sequence[EnrollmentRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Sequence[CheckInRecord]]:
    """Those of each enrollment, each asked for once."""
    unique = list(dict.fromkeys(enrollment.id for enrollment in enrollments))
    listed = await request.client.ask(
        ListCheckIns(scope=request.scope, enrollment_ids=tuple(unique))
    )
    found = dict(zip(unique, listed, strict=True))
    return [found[enrollment.id] for enrollment in enrollments]
