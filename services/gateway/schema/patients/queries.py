import graphene

from services.contracts.reminders import FindPatient
from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field
from services.gateway.schema.lookup import by_id_or_reference
from services.gateway.schema.paging import connection_field
from services.gateway.schema.patients.resolvers import KIND, patients_asked_for
from services.gateway.schema.patients.types import Patient, PatientConnection


class PatientQueries:
    patient = field(
        Patient,
        "One patient, by id or by the clinic's own number; null if there is none.",
        Batched(by_id_or_reference(KIND, FindPatient), STAFF_UP),
        id=argument(graphene.ID, "The patient's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    patients = connection_field(
        PatientConnection,
        "The clinic's patients, newest first; with a search, those that match.",
        Batched(patients_asked_for, STAFF_UP),
        search=argument(
            graphene.String,
            "An exact reference, phone number or email address. Names are encrypted and "
            "cannot be searched.",
        ),
    )
