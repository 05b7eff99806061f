import graphene

from services.contracts.replies import LiftSuppression
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.payload import PatientPayload


class LiftSuppressionInput(graphene.InputObjectType):
    """A patient's phone number or email address to use again."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    channel = input_field(required(ChannelEnum), "The channel: phone number or email address.")
    evidence = input_field(required(graphene.String), "How you know that it works; kept for audit.")


lift_suppression = field(
    PatientPayload,
    "Use a suppressed phone number or email address again. Refused as OPTED_OUT if "
    "its owner opted out: only a message from that address can undo an opt-out.",
    PATIENT.mutation(LiftSuppression, STAFF_UP, "evidence"),
    input=argument(required(LiftSuppressionInput), "The address."),
)
