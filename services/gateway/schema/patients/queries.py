import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field
from services.gateway.schema.patients.resolvers import patient_asked_for
from services.gateway.schema.patients.types import Patient


class PatientQueries:
    patient = field(
        Patient,
        "One patient, by id or by the clinic's own number; null when there is none.",
        Batched(patient_asked_for, STAFF_UP),
        id=argument(graphene.ID, "The patient's id."),
        reference=argument(graphene.String, "The clinic's own number."),
    )
