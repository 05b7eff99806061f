import graphene

from services.contracts.replies import SuppressContact
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.payload import PatientPayload


class SuppressContactInput(graphene.InputObjectType):
    """A patient's phone number or email address to stop using."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    channel = input_field(required(ChannelEnum), "The channel: phone number or email address.")
    reason = input_field(required(graphene.String), "The reason; kept for audit.")


suppress_contact = field(
    PatientPayload,
    "Stop using a patient's phone number or email address until the suppression is lifted.",
    PATIENT.mutation(SuppressContact, STAFF_UP, "reason"),
    input=argument(required(SuppressContactInput), "The address."),
)
