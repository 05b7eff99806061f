"""Payloads of mutations: the updated record, or the reasons for a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.gateway.execution.batched import Rule
from services.gateway.schema.fields import (
    GrapheneType,
    attribute,
    field,
    graphene_type,
    list_of,
)
from services.gateway.schema.refusals import types, values

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """The value behind a payload of one record."""

    record: T | None = None
    user_errors: Sequence[values.UserError] = ()


def payload_type(name: str, description: str, access: Rule, **fields: GrapheneType) -> GrapheneType:
    """Define a payload of these fields and `userErrors`."""
    refusals = field(
        list_of(types.UserError),
        "Why the mutation was refused; empty if it succeeded.",
        attribute("user_errors", access),
    )
    return graphene_type(name, description, **fields, user_errors=refusals)


def record_payload(node: GrapheneType, noun: str, description: str, access: Rule) -> GrapheneType:
    """Define the payload of the mutations of one type; its value is a Result."""
    article = "an" if noun[0] in "aeiou" else "a"
    return payload_type(
        f"{node.__name__}Payload",
        f"The result of a mutation of {article} {noun}.",
        access,
        **{noun: field(node, description, attribute("record", access))},
    )


def warnings_field(access: Rule) -> GrapheneType:
    return field(
        list_of(types.Caution),
        "What will happen differently than expected.",
        attribute("warnings", access),
    )
