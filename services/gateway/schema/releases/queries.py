from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts.catalog import ReleaseInfo
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import snapshot_of
from services.gateway.schema.fields import field
from services.gateway.schema.releases.types import CatalogRelease


def _current(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ReleaseInfo]:
    return [snapshot_of(request).info]


class ReleaseQueries:
    catalog_release = field(
        CatalogRelease,
        "The release that all catalog fields of this response are read from.",
        Batched(_current, PUBLIC),
    )
