"""Messages from patients."""

from typing import Final

import graphene

from services.contracts.replies import InboundRecord, ListInbox
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    id_field,
    required,
)
from services.gateway.schema.keyset import Position, PrivateList, list_by_time
from services.gateway.schema.paging import Connection, connection_field, connection_type
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import named_by
from services.gateway.schema.scalars import DateTime


class InboundMessage(ObjectType, interfaces=(Node,), access=STAFF_UP):
    """A message to the clinic, stored as received."""

    id = id_field("InboundMessage", STAFF_UP)
    patient = field(
        Patient,
        "Who wrote it; null for an unknown sender, and for a number that several patients share.",
        named_by("patient_id", "Patient", STAFF_UP),
    )
    channel = field(required(ChannelEnum), "The channel on which it arrived.")
    received_at = field(required(DateTime), "When it arrived.")
    text = field(graphene.String, "The original text; null if it was purged.")
    understood_as = field(
        required(graphene.String),
        "The rule that applied: OPT_OUT, MAYBE_OPT_OUT, OPT_IN or HELP; CHECK_IN_GREEN, "
        "CHECK_IN_AMBER, CHECK_IN_RED or CHECK_IN_UNCLEAR for an answer to a check-in; "
        "CHECK_IN_RED also for an unprompted red flag; UNREAD if no rule applied.",
    )
    check_in = field(
        "services.gateway.schema.check_ins.types.CheckIn",
        "The check-in that it answers, if any.",
        named_by("check_in_id", "CheckIn", STAFF_UP),
    )


InboundMessageConnection = connection_type(InboundMessage, "message", STAFF_UP)


_OF_CLINIC: Final[PrivateList[InboundRecord, Position]] = list_by_time(
    "inbox", lambda message: (message.received_at, message.id)
)


async def inbox_asked_for(args: Args, request: GatewayRequest) -> Connection[InboundRecord]:
    filters = {"is_unmatched": args.get("unmatched")}
    return await _OF_CLINIC.read_about_patient(ListInbox, filters, args, request)


class InboxQueries:
    inbox = connection_field(
        InboundMessageConnection,
        "Messages from patients, newest first.",
        at_root(inbox_asked_for, STAFF_UP),
        patient_id=argument(graphene.ID, "Of this patient."),
        unmatched=argument(
            graphene.Boolean,
            "Only messages that match no single patient (true), or only those that do (false).",
        ),
    )
