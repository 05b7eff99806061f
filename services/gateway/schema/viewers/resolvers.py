from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from services.contracts.reminders import ClinicRecord
from services.gateway.identity.people import Person
from services.gateway.identity.viewer import Viewer
from services.gateway.request import GatewayRequest
from services.gateway.schema.private import by_ids, fetch_clinics


async def clinics_of(
    viewers: Sequence[Viewer | Person], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ClinicRecord | None]:
    numbers = [viewer.clinic_id for viewer in viewers]
    clinics = await by_ids(
        (number for number in numbers if number is not None), partial(fetch_clinics, request)
    )
    return [None if number is None else clinics.get(number) for number in numbers]


def access_of(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Viewer | None]:
    return [request.viewer if request.viewer.role else None]


async def viewer_of(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Person | ClinicRecord | None]:
    """The person whose key it is, else the clinic."""
    viewer = request.viewer
    if viewer.person and viewer.clinic_id and viewer.key_id:
        return [Person(viewer.key_id, viewer.clinic_id, viewer.person)]
    return [*await clinics_of([viewer], args, request)]
