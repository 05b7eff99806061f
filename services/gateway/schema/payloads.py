"""Payloads of mutations: the updated record, or the reasons for a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from services.contracts.errors import Refusal, UserErrorCode
from services.gateway.execution.batched import Batched, Rule
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS, sees_patients
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    GrapheneType,
    Node,
    ObjectType,
    attribute,
    field,
    graphene_type,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.private import ASKS_BY_IDS, fetch, fetch_each

UserErrorCodeEnum = described(
    UserErrorCode,
    "Why a mutation was refused.",
    {
        "INVALID": "The value cannot be used.",
        "REQUIRED": "Something is missing.",
        "NOT_FOUND": "It does not exist, or belongs to another clinic.",
        "CONFLICT": "Something that exists already conflicts with the request.",
        "STALE": "It has changed since you read it.",
        "NO_CONSENT": "There is no consent for it.",
        "OPTED_OUT": "The person opted out.",
        "SUPPRESSED": "The address must not be used.",
        "NEEDS_VERIFICATION": "The contact has to be confirmed first.",
        "NOT_ELIGIBLE": "It is not meant for this patient.",
        "NOT_SIGNED_OFF": "No clinician of the clinic has signed off the plan.",
        "PLAN_WITHDRAWN": "This version of the plan has been withdrawn.",
        "OUTSIDE_COVERAGE": "No message can be sent there.",
        "IN_THE_PAST": "The time is too long ago.",
        "TOO_LATE": "It has already happened.",
        "RATE_LIMITED": "Too many requests of this kind; try again later.",
        "NOT_ALLOWED": "This credential may not do it.",
        "OTHER": "A reason that this schema does not define yet.",
    },
)


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    """The value of a user error; `kind` is the type of the record that the refusal may name."""

    refusal: Refusal
    kind: str

    @property
    def path(self) -> list[str] | None:
        """Return the path in the names of the schema."""
        path = self.refusal.path
        return None if path is None else [to_camel_case(name) for name in path]


class UserError(graphene.Interface):
    """An expected refusal."""

    message = field(
        required(graphene.String),
        "A message that can be shown to users.",
        attribute("refusal.message"),
    )
    path = field(
        graphene.List(required(graphene.String)),
        "The path of the input field, outermost name first.",
    )
    code = field(
        required(UserErrorCodeEnum),
        "The code for programs to act on.",
        attribute("refusal.code"),
    )


class InputError(ObjectType, interfaces=(UserError,)):
    """The input is the reason for the refusal."""


class NotFoundError(ObjectType, interfaces=(UserError,)):
    """Something that the input refers to does not exist."""


async def _existing(
    conflicts: Sequence[ShownRefusal], _args: Args, request: GatewayRequest
) -> list[Any]:
    """Fetch what stands in the way; the errors of one payload are about one type of records."""
    kind = conflicts[0].kind
    if kind not in ASKS_BY_IDS or not sees_patients(request):
        return [None] * len(conflicts)
    numbers = [conflict.refusal.existing_id for conflict in conflicts]
    return await fetch_each(numbers, partial(fetch, kind, request))


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


def payload_type(
    name: str, description: str, access: Rule, kind: str, **fields: GrapheneType
) -> GrapheneType:
    """Define a payload of these fields of a reply, and of its refusals as `userErrors`.

    `kind` is the type of the records that its conflicts are about.
    """
    user_errors = mapped(
        lambda reply: [ShownRefusal(refusal, kind) for refusal in reply.refusals], access
    )
    refusals = field(
        list_of(UserError), "Why the mutation was refused; empty if it succeeded.", user_errors
    )
    return graphene_type(name, description, access, **fields, user_errors=refusals)


def record_payload(node: GrapheneType, noun: str, description: str, access: Rule) -> GrapheneType:
    """Define the payload of the mutations of one type, whose replies hold it as `noun`."""
    article = "an" if noun[0] in "aeiou" else "a"
    return payload_type(
        f"{node.__name__}Payload",
        f"The result of a mutation of {article} {noun}.",
        access,
        node.__name__,
        **{noun: field(node, description)},
    )


def warnings_field(access: Rule) -> GrapheneType:
    return field(
        list_of(Caution),
        "What will happen differently than expected.",
        attribute("cautions", access),
    )
