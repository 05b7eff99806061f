import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field
from services.gateway.schema.paging import after_argument, first_argument
from services.gateway.schema.patients.resolvers import patient_asked_for, patients_asked_for
from services.gateway.schema.patients.types import Patient, PatientConnection


class PatientQueries:
    patient = field(
        Patient,
        "One patient, by id or by the clinic's own number; null when there is none.",
        Batched(patient_asked_for, STAFF_UP),
        id=argument(graphene.ID, "The patient's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
    patients = field(
        PatientConnection,
        "The clinic's patients, newest first; with a search, those it names.",
        Batched(patients_asked_for, STAFF_UP),
        first=first_argument(default_value=20),
        after=after_argument(),
        search=argument(graphene.String, "An exact reference, phone or email; names are sealed."),
    )
