from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.content.arguments import locale_argument
from services.gateway.schema.fields import argument, field, required
from services.gateway.schema.options.types import ProcedureNeeds, ProcedureOption
from services.gateway.snapshot.options import Needs, Option, UnknownCodes, procedure_options

_MOST_CONCERNS: Final = 10
_MOST_CONDITIONS: Final = 100
_WORST_DISCOMFORT: Final = 10


def _options(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[list[Option]]:
    needs = _needs(args["needs"])
    try:
        return [procedure_options(edition_for(request, args), needs)]
    except UnknownCodes as unknown:
        message = (
            f"The catalog has no {', '.join(unknown.codes)}: name slugs of concerns, and codes of "
            "contraindications."
        )
        raise FieldRefused("BAD_USER_INPUT", message) from None


def _needs(data: Mapping[str, Any]) -> Needs:
    conditions = data.get("conditions")
    _check(data)
    return Needs(
        concerns=tuple(dict.fromkeys(data["concerns"])),
        skin_type=data.get("skin_type"),
        max_downtime_days=data.get("max_downtime_days"),
        max_discomfort=data.get("max_discomfort"),
        max_sessions=data.get("max_sessions"),
        conditions=None if conditions is None else frozenset(conditions),
    )


def _check(data: Mapping[str, Any]) -> None:
    if not 0 < len(data["concerns"]) <= _MOST_CONCERNS:
        raise FieldRefused("BAD_USER_INPUT", f"Name 1 to {_MOST_CONCERNS} concerns.")
    if len(data.get("conditions") or ()) > _MOST_CONDITIONS:
        raise FieldRefused("BAD_USER_INPUT", f"Name at most {_MOST_CONDITIONS} conditions.")
    for name in ("max_downtime_days", "max_discomfort", "max_sessions"):
        if (data.get(name) or 0) < 0:
            raise FieldRefused("BAD_USER_INPUT", "A limit is 0 or more.")
    if (data.get("max_discomfort") or 0) > _WORST_DISCOMFORT:
        raise FieldRefused("BAD_USER_INPUT", f"Discomfort goes from 0 to {_WORST_DISCOMFORT}.")


class OptionQueries:
    procedure_options = field(
        graphene.List(required(ProcedureOption)),
        "Procedures assessed for a person's needs, best match first, each with all "
        "reasons for and against it. Decision support, not a diagnosis. POST only.",
        Batched(_options, PUBLIC, post_only=True),
        needs=argument(required(ProcedureNeeds), "The person's wishes and conditions."),
        locale=locale_argument(),
    )
