"""Inputs of consents and contacts, and their checks."""

from collections.abc import Mapping
from typing import Any

import graphene

from services.contracts.reminders import ConsentGiven
from services.contracts.words import ConsentBasis, MessageDetail
from services.gateway.schema.content.enums import ChannelEnum, PurposeEnum
from services.gateway.schema.fields import input_field, required
from services.gateway.schema.patients.enums import ConsentBasisEnum, ConsentMethodEnum
from services.gateway.schema.refusals.values import InputError, invalid
from services.gateway.schema.scalars.contacts import Unusable
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import MessageDetailEnum
from services.gateway.schema.texts import text_faults

_HOW_TO = {
    "phone": "We cannot text this number. Give it in international form, like +12025550143.",
    "email": "We cannot write to this address. Give it like name@example.com.",
}


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


def consent_given(data: Mapping[str, Any]) -> ConsentGiven:
    return ConsentGiven(
        channel=data["channel"],
        purpose=data["purpose"],
        granted=data["granted"],
        source=data["source"],
        wording_version=data.get("wording_version"),
        method=data.get("method"),
        basis=data.get("basis") or ConsentBasis.EXPRESS,
        detail=data.get("detail") or MessageDetail.DISCREET,
        evidence=data.get("evidence"),
        obtained_at=data.get("obtained_at"),
    )


def consent_faults(data: Mapping[str, Any], *within: str) -> list[InputError]:
    """Return one error for each text of a consent that is not allowed."""
    return text_faults(data, ("source", "wording_version", "evidence"), *within)


def contact_faults(data: Mapping[str, Any]) -> list[InputError]:
    """Return one error for each contact that cannot be used, without repeating it."""
    return [
        invalid(how_to, name)
        for name, how_to in _HOW_TO.items()
        if isinstance(data.get(name), Unusable)
    ]
