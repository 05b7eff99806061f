from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import PatientRecord
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.payload import PatientPayload, result_of
from services.gateway.schema.payloads import Result
from services.gateway.schema.texts import text_faults


class ConfirmConsentInput(graphene.InputObjectType):
    """The confirmation code sent to a patient."""

    patient_id = input_field(required(graphene.ID), "Whose consent it is.")
    channel = input_field(required(ChannelEnum), "The channel on which the code was sent.")
    code = input_field(required(graphene.String), "Six digits.")


_NOBODY: Final = 0
"""An id that no patient has: it gets the same answer as any unknown patient."""


async def _confirm(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Result[PatientRecord]]:
    data = args["input"]
    faults = text_faults(data, ["code"])
    if faults:
        return [Result(user_errors=faults)]
    command = ConfirmConsent(
        scope=request.scope,
        patient_id=ids.decode_number("Patient", data["patient_id"]) or _NOBODY,
        channel=data["channel"],
        code=data["code"],
    )
    return [result_of(await carry_out(command, request), request)]


confirm_consent = field(
    PatientPayload,
    "Confirm the pending consents of a channel with the code that the patient "
    "received there. A code is valid for ten minutes and five tries. A wrong code and "
    "an unknown patient get the same refusal.",
    Batched(_confirm, REGISTERS),
    input=argument(required(ConfirmConsentInput), "The code."),
)
