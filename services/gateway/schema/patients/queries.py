"""Lists of patients."""

from typing import Final

import graphene

from services.contracts.patients import ListPatients
from services.contracts.plain_text import is_plain
from services.contracts.reminders import FindPatient, PatientRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import Args, argument, at_root, field
from services.gateway.schema.keyset import PrivateList
from services.gateway.schema.paging import Connection, connection_field, page_request
from services.gateway.schema.patients.types import Patient, PatientConnection
from services.gateway.schema.private import by_id_or_reference

_OF_CLINIC: Final[PrivateList[PatientRecord, int]] = PrivateList(
    "patients", lambda patient: (patient.id,), lambda key: int(key[0])
)


async def patients_asked_for(args: Args, request: GatewayRequest) -> Connection[PatientRecord]:
    paging = page_request(args)
    if not is_plain(args.get("search") or ""):
        return Connection()
    return await _OF_CLINIC.read(ListPatients, args, paging, request)


class PatientQueries:
    patient = field(
        Patient,
        "One patient, by id or by the clinic's own number; null if there is none.",
        by_id_or_reference("Patient", FindPatient, STAFF_UP),
        id=argument(graphene.ID, "The patient's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    patients = connection_field(
        PatientConnection,
        "The clinic's patients, newest first; with a search, those that match.",
        at_root(patients_asked_for, STAFF_UP),
        search=argument(
            graphene.String,
            "An exact reference, phone number or email address. Names are encrypted and "
            "cannot be searched.",
        ),
    )
