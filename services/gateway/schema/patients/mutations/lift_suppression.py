import graphene

from services.contracts.reminders import Scope
from services.contracts.replies import LiftSuppression
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import InputData
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.payload import PATIENT, PatientPayload


class LiftSuppressionInput(graphene.InputObjectType):
    """An address of a patient's that may be used again."""

    patient_id = input_field(required(graphene.ID), "Whose it is.")
    channel = input_field(required(ChannelEnum), "Which of their addresses.")
    evidence = input_field(required(graphene.String), "How you know that it works; kept for audit.")


def _lift(scope: Scope, number: int, data: InputData) -> LiftSuppression:
    return LiftSuppression(
        scope=scope, patient_id=number, channel=data["channel"], evidence=data["evidence"]
    )


lift_suppression = field(
    PatientPayload,
    "Use an address again. Refused, OPTED_OUT, where its owner opted out: only a message from "
    "that address can undo that.",
    Batched(PATIENT.resolver(_lift, "evidence"), STAFF_UP),
    input=argument(required(LiftSuppressionInput), "The address."),
)
