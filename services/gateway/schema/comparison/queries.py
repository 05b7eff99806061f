from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.comparison.enums import DimensionEnum
from services.gateway.schema.comparison.types import Comparison
from services.gateway.schema.content.arguments import locale_argument
from services.gateway.schema.fields import argument, field, list_of, required
from services.gateway.snapshot import comparison


def _compared(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[comparison.Comparison]:
    slugs = list(dict.fromkeys(args["procedures"]))
    if not comparison.MIN_PROCEDURES <= len(slugs) <= comparison.MAX_PROCEDURES:
        raise FieldRefused(
            "BAD_USER_INPUT",
            f"Name {comparison.MIN_PROCEDURES} to {comparison.MAX_PROCEDURES} different procedures"
            " to compare.",
        )
    return [comparison.compare(edition_for(request, args), slugs, args.get("dimensions"))]


class ComparisonQueries:
    comparison = field(
        Comparison,
        "Two to six procedures side by side.",
        Batched(_compared, PUBLIC),
        procedures=argument(list_of(graphene.String), "Slugs of the procedures."),
        dimensions=argument(
            graphene.List(required(DimensionEnum)),
            "Only these rows, in this order; all if left out.",
        ),
        locale=locale_argument(),
    )
