from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts.reminders import ClinicRecord
from services.gateway.identity.viewer import Viewer
from services.gateway.request import GatewayRequest
from services.gateway.schema.private import by_ids


async def clinics_of(
    viewers: Sequence[Viewer], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ClinicRecord | None]:
    numbers = [viewer.clinic_id for viewer in viewers]
    clinics = await by_ids(
        (number for number in numbers if number is not None), request.calls.reminders.get_clinics
    )
    return [None if number is None else clinics.get(number) for number in numbers]


def access_of(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Viewer | None]:
    return [request.viewer if request.viewer.role else None]


async def viewer_of(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ClinicRecord | None]:
    return await clinics_of([request.viewer], args, request)
