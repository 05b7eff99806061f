"""Simulation of an enrollment."""

from typing import Final

import graphene

from services.contracts import simulation
from services.contracts.plain_text import is_plain
from services.contracts.simulation import SimulateEnrollment
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import REGISTERS, STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.catalog.plans.types import StepKindEnum
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import (
    Args,
    ObjectType,
    argument,
    at_root,
    field,
    input_field,
    required,
)
from services.gateway.schema.inputs import struct_of
from services.gateway.schema.reminders.types import Hold
from services.gateway.schema.scalars import DateTime, Locale, TimeZone


class PlanAt(graphene.InputObjectType):
    """A plan and the time of its procedure."""

    plan = input_field(required(graphene.String), "The plan's name in URLs.")
    procedure_at = input_field(required(DateTime), "When its procedure would start.")


class SimulatedReminder(ObjectType, access=REGISTERS):
    """The message for one step on one channel."""

    step_key = field(required(graphene.String), "The plan's step.")
    kind = field(required(StepKindEnum), "What the step is for.")
    channel = field(ChannelEnum, "Null for a clinician's task.")
    due_at = field(required(DateTime), "When it would be sent.")
    local_due_at = field(
        required(graphene.String), "The same time on the patient's clock, as in RFC 9557."
    )
    subject = field(graphene.String, "The subject, for an email.")
    body = field(
        graphene.String, "The text, including texts merged into it; null if nothing would be sent."
    )
    segments = field(graphene.Int, "The number of segments of a text message.")
    hold = field(Hold, "Why it would be sent late or not at all.")


_MOST_ALONGSIDE: Final = 4


async def simulated(
    args: Args, request: GatewayRequest
) -> tuple[simulation.SimulatedReminder, ...] | None:
    patient_id = _patient_number(args, request)
    others = args.get("alongside") or ()
    if len(others) > _MOST_ALONGSIDE:
        raise FieldRefused("BAD_USER_INPUT", f"Name at most {_MOST_ALONGSIDE} plans alongside.")
    plans = ({"plan": args["plan"], "procedure_at": args["procedure_at"]}, *others)
    if patient_id == 0 or not all(is_plain(plan["plan"]) for plan in plans):
        return None
    question = struct_of(
        SimulateEnrollment, args, scope=request.scope, plans=plans, patient_id=patient_id
    )
    return await request.client.ask(question)


def _patient_number(args: Args, request: GatewayRequest) -> int | None:
    """Return None without a patient, and 0, never a real id, if the id is not a patient's."""
    refusal = None if args.get("patient_id") is None else STAFF_UP(request)
    if refusal is not None:
        raise refusal
    return ids.patient_number(args)


class SimulationQueries:
    simulate_enrollment = field(
        graphene.List(required(SimulatedReminder)),
        "The messages a patient would get, without storing or sending anything. Null if "
        "there is no such plan or patient, or if nobody could be enrolled at this time. "
        "Without a patient, consent to everything is assumed.",
        at_root(simulated, REGISTERS),
        plan=argument(required(graphene.String), "The plan's name in URLs."),
        procedure_at=argument(required(DateTime), "When the procedure would start."),
        time_zone=argument(
            required(TimeZone),
            "The patient's time zone. The stored one of a given patient takes precedence.",
        ),
        locale=argument(
            Locale, "The language of the messages; the patient's or the clinic's if left out."
        ),
        channels=argument(graphene.List(required(ChannelEnum)), "Only on these channels."),
        detail=argument(
            MessageDetailEnum, "How much detail messages may contain, within the consent."
        ),
        patient_id=argument(
            graphene.ID,
            "Use this patient's consents and quiet hours. Not allowed for publishable keys.",
        ),
        alongside=argument(
            graphene.List(required(PlanAt)),
            "Other plans of the same patient. Plans on the same day are one visit.",
        ),
    )
