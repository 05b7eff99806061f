"""The input of a consent, and its checks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import graphene

from services.contracts.errors import Refusal
from services.contracts.plain_text import without_invisible
from services.contracts.words import ConsentBasis, MessageDetail
from services.gateway.schema.catalog.content import ChannelEnum, PurposeEnum
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import input_field, required
from services.gateway.schema.inputs import text_faults
from services.gateway.schema.patients.types import ConsentBasisEnum, ConsentMethodEnum
from services.gateway.schema.scalars import DateTime


class ConsentInput(graphene.InputObjectType):
    """A person's consent for one channel and purpose, or its withdrawal."""

    channel = input_field(required(ChannelEnum), "The channel it is for.")
    purpose = input_field(required(PurposeEnum), "The purpose it is for.")
    granted = input_field(required(graphene.Boolean), "False withdraws the consent.")
    source = input_field(
        required(graphene.String), "Where the consent was given, such as booking-form."
    )
    wording_version = input_field(
        graphene.String,
        "The version of the wording that the person agreed to. Required from staff when "
        "consent is granted.",
    )
    method = input_field(
        ConsentMethodEnum, "How the consent was given. Required from staff when consent is granted."
    )
    basis = input_field(
        ConsentBasisEnum, "The legal basis of the consent.", default_value=ConsentBasis.EXPRESS
    )
    detail = input_field(
        MessageDetailEnum,
        "How much detail messages may contain.",
        default_value=MessageDetail.DISCREET,
    )
    evidence = input_field(graphene.String, "Proof of the consent; it is never shown again.")
    obtained_at = input_field(DateTime, "When it was given, if not now.")


def consent_faults(data: Mapping[str, Any], *within: str) -> list[Refusal]:
    """Return one error for each text of a consent that is not allowed."""
    return text_faults(data, ("source", "wording_version", "evidence"), *within)


_TIDIES: Final[Mapping[str, Callable[[str], str]]] = {
    "display_name": str.strip,
    "reference": without_invisible,
    "region": without_invisible,
}


def tidied(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of a patient without the spaces at the ends of its texts.

    A reference and a region also lose what is invisible, so that they are found again.
    """
    tidy: dict[str, Callable[[str], str]] = {
        "display_name": str.strip,
        "reference": without_invisible,
        "region": without_invisible,
    }
    return {
        name: tidy[name](value) if name in tidy and isinstance(value, str) else value
        for name, value in data.items()
    }
