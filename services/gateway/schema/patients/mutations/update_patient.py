import graphene
import msgspec

from services.contracts.patients import UpdatePatient
from services.contracts.reminders import PatientReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.enums import MessageDetailEnum
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import text_faults
from services.gateway.schema.patients.inputs import tidied
from services.gateway.schema.patients.payload import PatientPayload
from services.gateway.schema.scalars import (
    DateTime,
    EmailAddress,
    Locale,
    LocalTime,
    PhoneNumber,
    TimeZone,
)


class QuietHoursInput(graphene.InputObjectType):
    """Local times between which nothing is sent. They can cross midnight."""

    start = input_field(required(LocalTime), "The first minute of quiet.")
    end = input_field(required(LocalTime), "The first minute after it.")


class UpdatePatientInput(graphene.InputObjectType):
    """Changes to a patient. A field that is left out keeps its value; null clears it."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    reference = input_field(graphene.String, "The clinic's own number.")
    display_name = input_field(graphene.String, "The name that messages use.")
    phone = input_field(
        PhoneNumber,
        "The new number for text messages. Consents for the old number do not carry over.",
    )
    email = input_field(
        EmailAddress, "The new email address. Consents for the old address do not carry over."
    )
    is_adult = input_field(graphene.Boolean, "Null if not known.")
    time_zone = input_field(TimeZone, "The time zone of due times; null for the clinic's.")
    region = input_field(graphene.String, "ISO 3166-2, such as US-CA.")
    locale = input_field(Locale, "The patient's language; null for the clinic's.")
    channels = input_field(
        graphene.List(required(ChannelEnum)),
        "The channels that the patient wants; null for all that have an address.",
    )
    detail = input_field(
        MessageDetailEnum, "How much detail messages may contain; null for the least."
    )
    quiet_hours = input_field(
        QuietHoursInput, "The patient's own quiet hours; null for the clinic's."
    )
    paused_until = input_field(DateTime, "Nothing is sent before this time; null for no pause.")


async def _update(args: Args, request: GatewayRequest) -> PatientReply:
    data = tidied(args["input"])
    texts = ("reference", "display_name", "region")
    faults = [*text_faults(data, texts), *PATIENT.faults(data)]
    if faults:
        return refused(UpdatePatient, faults)
    # with nulls, which clear a field
    changes = {**data, "scope": request.scope, "patient_id": PATIENT.number(data)}
    return await carry_out(msgspec.convert(changes, UpdatePatient), request)


update_patient = field(
    PatientPayload,
    "Change a patient. With a new phone number or email address, its consents lapse, "
    "and messages to it wait for a new consent. With a new time zone, waiting "
    "reminders are rescheduled.",
    at_root(_update, STAFF_UP),
    input=argument(required(UpdatePatientInput), "The patient and the changes."),
)
