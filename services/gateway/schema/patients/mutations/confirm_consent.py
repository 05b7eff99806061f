from typing import Final

import graphene

from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import REGISTERS
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import struct_of, text_faults
from services.gateway.schema.patients.payload import PatientPayload, shown_to


class ConfirmConsentInput(graphene.InputObjectType):
    """The confirmation code sent to a patient."""

    patient_id = input_field(required(graphene.ID), "Whose consent it is.")
    channel = input_field(required(ChannelEnum), "The channel on which the code was sent.")
    code = input_field(required(graphene.String), "Six digits.")


_NOBODY: Final = 0
"""An id that no patient has: it gets the same answer as any unknown patient."""


async def _confirm(args: Args, request: GatewayRequest) -> PatientReply:
    data = args["input"]
    faults = text_faults(data, ["code"])
    if faults:
        return refused(ConfirmConsent, faults)
    number = PATIENT.number(data) or _NOBODY
    command = struct_of(ConfirmConsent, data, scope=request.scope, patient_id=number)
    return shown_to(request, await carry_out(command, request))


confirm_consent = field(
    PatientPayload,
    "Confirm the pending consents of a channel with the code that the patient "
    "received there. A code is valid for ten minutes and five tries. A wrong code and "
    "an unknown patient get the same refusal.",
    at_root(_confirm, REGISTERS),
    input=argument(required(ConfirmConsentInput), "The code."),
)
