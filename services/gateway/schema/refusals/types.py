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

    message = field(required(graphene.String), "A message that can be shown to users.")
    path = field(
        graphene.List(required(graphene.String)),
        "The path of the input field, outermost name first.",
    )
    code = field(required(UserErrorCodeEnum), "The code for programs to act on.")


class InputError(ObjectType, interfaces=(UserError,)):
    """The input is the reason for the refusal."""


class NotFoundError(ObjectType, interfaces=(UserError,)):
    """Something that the input refers to does not exist."""


async def _existing(
    conflicts: Sequence[Conflict], _args: Mapping[str, Any], request: GatewayRequest
) -> list[Any]:
    if not sees_patients(request):
        return [None] * len(conflicts)
    existing: dict[str, Mapping[int, Any]] = {}
    for kind in ASKS_BY_IDS:
        existing[kind] = await by_ids(_ids_of(kind, conflicts), partial(fetch, kind, request))
    return [
        existing.get(conflict.kind, {}).get(conflict.existing_id or 0) for conflict in conflicts
    ]


def _ids_of(kind: str, conflicts: Sequence[Conflict]) -> list[int]:
    return [
        conflict.existing_id
        for conflict in conflicts
        if conflict.kind == kind and conflict.existing_id
    ]


class ConflictError(ObjectType, interfaces=(UserError,)):
    """Something that exists already conflicts with the request."""

    existing = field(
        Node,
        "The conflicting object, if the viewer may see it.",
        Batched(_existing, REGISTERS),
    )


class Caution(ObjectType, name="Warning"):
    """The mutation succeeded, but something will happen differently than expected."""

    code = field(required(graphene.String), "A stable name for programs.")
    message = field(required(graphene.String), "A message that can be shown to users.")
    step_key = field(graphene.String, "The plan step that it concerns, if any.")
