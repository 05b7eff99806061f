"""Enums of the contracts as GraphQL enums, and those that several types of records share."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import graphene

from services.contracts.words import EnrollmentStatus, MessageDetail, Mode


def described(
    members: type[StrEnum],
    description: str,
    values: Mapping[str, str],
    name: str | None = None,
) -> Any:  # noqa: ANN401 - graphene ships no types
    """Define a GraphQL enum; its name defaults to that of `members`.

    Raises KeyError when a value has no description.
    """
    texts = {member: values[member.value] for member in members}

    def text_of(member: StrEnum | None) -> str:
        return description if member is None else texts[member]

    return graphene.Enum.from_enum(members, name=name, description=text_of)


ModeEnum = described(
    Mode,
    "Kinds of data, which are kept apart.",
    {
        "LIVE": "Real patients.",
        "TEST": "Messages go only to the sandbox.",
        "ALLOWLIST": "Messages go only to listed contacts.",
    },
)

EnrollmentStatusEnum = described(
    EnrollmentStatus,
    "Whether an enrollment is still active.",
    {
        "ACTIVE": "Messages are sent as planned.",
        "PAUSED": "Nothing is sent for now.",
        "COMPLETED": "All its steps are over.",
        "CANCELLED": "It was cancelled before its end.",
    },
)

MessageDetailEnum = described(
    MessageDetail,
    "How much a message says.",
    {
        "DISCREET": "The least detail: no procedure, body part or concern.",
        "DETAILED": "The full text.",
    },
)
