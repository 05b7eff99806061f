from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars.times import DateTime


async def _now(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[datetime]:
    return [await request.now()]


class ClockQueries:
    now = field(
        required(DateTime),
        "The time of the service's clock, which CLOCK_RATE can speed up in development. "
        "Never cached.",
        Batched(_now, PUBLIC),
    )
