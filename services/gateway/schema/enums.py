"""Enums of the contracts as GraphQL enums, each value described."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import graphene


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
