from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.patients import UpdatePatient
from services.contracts.reminders import PatientRecord, QuietHours
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.patients.inputs import contact_faults
from services.gateway.schema.patients.payload import PatientPayload, result_of
from services.gateway.schema.payloads import Result
from services.gateway.schema.refusals.values import not_found
from services.gateway.schema.scalars.contacts import EmailAddress, PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.scalars.times import DateTime, LocalTime
from services.gateway.schema.shared_enums import MessageDetailEnum
from services.gateway.schema.texts import text_faults


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


_AS_GIVEN: Final = (
    *("reference", "display_name", "phone", "email", "is_adult", "time_zone", "region"),
    *("locale", "detail", "paused_until"),
)


async def _update(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Result[PatientRecord]]:
    data = args["input"]
    faults = [*contact_faults(data), *text_faults(data, ("reference", "display_name", "region"))]
    patient_id = ids.decode_number("Patient", data["patient_id"])
    if patient_id is None:
        missing = not_found("There is no such patient.", "patientId")
        return [Result(user_errors=[*faults, missing])]
    if faults:
        return [Result(user_errors=faults)]
    command = UpdatePatient(scope=request.scope, patient_id=patient_id, **_changes(data))
    return [result_of(await carry_out(command, request), request)]


def _changes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the input contains, null or not."""
    changes = {name: data[name] for name in _AS_GIVEN if name in data}
    if "channels" in data:
        channels = data["channels"]
        changes["channels"] = None if channels is None else tuple(channels)
    if "quiet_hours" in data:
        quiet = data["quiet_hours"]
        changes["quiet_hours"] = quiet and QuietHours(start=quiet["start"], end=quiet["end"])
    return changes


update_patient = field(
    PatientPayload,
    "Change a patient. With a new phone number or email address, its consents lapse, "
    "and messages to it wait for a new consent. With a new time zone, waiting "
    "reminders are rescheduled.",
    Batched(_update, STAFF_UP),
    input=argument(required(UpdatePatientInput), "The patient and the changes."),
)
