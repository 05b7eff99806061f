from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import graphene

from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.fields import field, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.private import ASKS_BY_IDS, by_ids, fetch
from services.gateway.schema.refusals.enums import UserErrorCodeEnum
from services.gateway.schema.refusals.values import ConflictError as Conflict


class UserError(graphene.Interface):
    """An expected refusal."""

    message = field(required(graphene.String), "Safe to show.")
    path = field(graphene.List(required(graphene.String)), "The input field, from the outside in.")
    code = field(required(UserErrorCodeEnum), "Drives logic.")


class InputError(ObjectType, interfaces=(UserError,)):
    """The input, or something about it, stands in the way."""


class NotFoundError(ObjectType, interfaces=(UserError,)):
    """Something that the input names is not there."""


async def _existing(
    conflicts: Sequence[Conflict], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Any]:
    if not sees_patients(request):
        return [None] * len(conflicts)
    found: dict[str, Mapping[int, Any]] = {}
    for kind in ASKS_BY_IDS:
        found[kind] = await by_ids(_ids_of(kind, conflicts), partial(fetch, kind, request))
    return [found.get(conflict.kind, {}).get(conflict.existing_id or 0) for conflict in conflicts]


def _ids_of(kind: str, conflicts: Sequence[Conflict]) -> list[int]:
    return [
        conflict.existing_id
        for conflict in conflicts
        if conflict.kind == kind and conflict.existing_id
    ]


class ConflictError(ObjectType, interfaces=(UserError,)):
    """Something else stands in the way."""

    existing = field(
        Node,
        "The thing that stands in the way, where the viewer may see it.",
        Batched(_existing, REGISTERS),
    )


class Caution(ObjectType, name="Warning"):
    """Done, but something will not happen as one might think."""

    code = field(required(graphene.String), "Stable name.")
    message = field(required(graphene.String), "Safe to show.")
    step_key = field(graphene.String, "The plan's step that it is about, if one.")
