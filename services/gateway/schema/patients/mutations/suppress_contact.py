import graphene

from services.contracts.reminders import Scope
from services.contracts.replies import SuppressContact
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.payload import PATIENT, PatientPayload


class SuppressContactInput(graphene.InputObjectType):
    """A patient's phone number or email address to stop using."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    channel = input_field(required(ChannelEnum), "The channel: phone number or email address.")
    reason = input_field(required(graphene.String), "The reason; kept for audit.")


def _suppress(scope: Scope, number: int, data: InputData) -> SuppressContact:
    return SuppressContact(
        scope=scope, patient_id=number, channel=data["channel"], reason=data["reason"]
    )


suppress_contact = field(
    PatientPayload,
    "Stop using a patient's phone number or email address until the suppression is lifted.",
    Batched(PATIENT.resolver(_suppress, "reason"), STAFF_UP),
    input=argument(required(SuppressContactInput), "The address."),
)
