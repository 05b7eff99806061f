from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.patients import ConfirmConsent
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.patients.payload import PatientPayload, PatientResult, result_of
from services.gateway.schema.texts import text_faults


class ConfirmConsentInput(graphene.InputObjectType):
    """The code that a patient was sent."""

    patient_id = input_field(must(graphene.ID), "Whose consent it is.")
    channel = input_field(must(ChannelEnum), "The channel the code came by.")
    code = input_field(must(graphene.String), "Six digits.")


_NOBODY: Final = 0
"""An id that no patient has: it is answered as any other that is not there."""


async def _confirm(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    faults = text_faults(given, ["code"])
    if faults:
        return [PatientResult(user_errors=faults)]
    command = ConfirmConsent(
        scope=request.scope,
        patient_id=ids.decode_number("Patient", given["patient_id"]) or _NOBODY,
        channel=given["channel"],
        code=given["code"],
    )
    return [result_of(await carry_out(command, request), request)]


confirm_consent = field(
    PatientPayload,
    "Grant what waits on a channel, by the code that the patient was sent there. A code holds "
    "for ten minutes and five tries; a wrong one and an unknown patient are refused alike.",
    Batched(_confirm, REGISTERS),
    input=argument(must(ConfirmConsentInput), "The code."),
)
