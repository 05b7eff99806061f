"""Procedures assessed for the needs of a person."""

from collections.abc import Mapping
from typing import Any, Final

import graphene

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog.content import (
    SkinTypeEnum,
    Source,
    StandingEnum,
    locale_argument,
)
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.catalog.procedures import Procedure
from services.gateway.schema.fields import (
    Args,
    argument,
    at_root,
    field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.inputs import struct_of
from services.gateway.snapshot.options import Needs, Option, UnknownCodes, procedure_options


class ProcedureNeeds(graphene.InputObjectType):
    """A person's wishes and conditions. Unknown codes are refused, not ignored."""

    concerns = input_field(list_of(graphene.String), "Slugs of concerns.")
    skin_type = input_field(
        SkinTypeEnum, "Fitzpatrick skin type. Without it no suitability is certain."
    )
    max_downtime_days = input_field(graphene.Int, "The most days of downtime they accept.")
    max_discomfort = input_field(
        graphene.Int, "The most discomfort they accept, from 0 to 10, with the usual anesthesia."
    )
    max_sessions = input_field(graphene.Int, "The most sessions they would attend.")
    conditions = input_field(
        graphene.List(required(graphene.String)),
        "Codes of `contraindications` that apply; an empty list if none apply.",
    )


class OptionReason(graphene.ObjectType):
    """A reason for or against a procedure."""

    text = field(required(graphene.String), "The reason, as text that can be shown to users.")
    favorable = field(required(graphene.Boolean), "Whether it is a reason for the procedure.")
    sources = field(list_of(Source), "Sources of the reason.")


class ProcedureOption(graphene.ObjectType):
    """A procedure, assessed for a person's needs."""

    procedure = field(required(Procedure), "The procedure.")
    standing = field(required(StandingEnum), "The most cautious standing of its reasons.")
    score = field(
        required(graphene.Float),
        "How well it meets the needs, from 0 to 1. It does not consider risk.",
    )
    reasons = field(list_of(OptionReason), "All reasons for and against it.")


_MOST_CONCERNS: Final = 10
_MOST_CONDITIONS: Final = 100
_WORST_DISCOMFORT: Final = 10


def _options(args: Args, request: GatewayRequest) -> list[Option]:
    data = args["needs"]
    _check(data)
    concerns = tuple(dict.fromkeys(data["concerns"]))
    needs = struct_of(Needs, data, concerns=concerns)
    try:
        return procedure_options(edition_for(request, args), needs)
    except UnknownCodes as unknown:
        message = (
            f"The catalog has no {', '.join(unknown.codes)}: name slugs of concerns, and codes of "
            "contraindications."
        )
        raise FieldRefused("BAD_USER_INPUT", message) from None


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
        at_root(_options, post_only=True),
        needs=argument(required(ProcedureNeeds), "The person's wishes and conditions."),
        locale=locale_argument(),
    )
