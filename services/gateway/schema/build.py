"""The whole schema. Graphene defines it and does nothing else."""

import graphene
from graphql import (
    GraphQLInterfaceType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    assert_valid_schema,
    lexicographic_sort_schema,
    print_schema,
)

from services.contracts import catalog, check_ins, reminders, replies
from services.contracts.errors import UserErrorCode
from services.gateway.identity.people import Person
from services.gateway.schema.catalog.comparison import ComparisonQueries
from services.gateway.schema.catalog.concerns import ConcernQueries
from services.gateway.schema.catalog.content import Checklist, Notice, Paragraph
from services.gateway.schema.catalog.options import OptionQueries
from services.gateway.schema.catalog.plans.mutations.sign_off_plan import sign_off_plan
from services.gateway.schema.catalog.plans.queries import PlanQueries
from services.gateway.schema.catalog.procedures import ProcedureQueries
from services.gateway.schema.catalog.releases import ReleaseQueries
from services.gateway.schema.catalog.search import SearchQueries
from services.gateway.schema.catalog.terms import TermQueries
from services.gateway.schema.check_ins.mutations.answer_check_in import answer_check_in
from services.gateway.schema.enrollments.mutations.cancel_enrollment import cancel_enrollment
from services.gateway.schema.enrollments.mutations.enroll_patient import enroll_patient
from services.gateway.schema.enrollments.mutations.pause_enrollment import pause_enrollment
from services.gateway.schema.enrollments.mutations.record_procedure import record_procedure
from services.gateway.schema.enrollments.mutations.reschedule_enrollment import (
    reschedule_enrollment,
)
from services.gateway.schema.enrollments.mutations.resume_enrollment import resume_enrollment
from services.gateway.schema.enrollments.queries import EnrollmentQueries
from services.gateway.schema.escalations.mutations.acknowledge_escalation import (
    acknowledge_escalation,
)
from services.gateway.schema.escalations.mutations.resolve_escalation import resolve_escalation
from services.gateway.schema.escalations.queries import EscalationQueries
from services.gateway.schema.inbox import InboxQueries
from services.gateway.schema.nodes import NodeQueries
from services.gateway.schema.patients.mutations.confirm_consent import confirm_consent
from services.gateway.schema.patients.mutations.erase_patient import erase_patient
from services.gateway.schema.patients.mutations.lift_suppression import lift_suppression
from services.gateway.schema.patients.mutations.record_consent import record_consent
from services.gateway.schema.patients.mutations.register_patient import register_patient
from services.gateway.schema.patients.mutations.suppress_contact import suppress_contact
from services.gateway.schema.patients.mutations.update_patient import update_patient
from services.gateway.schema.patients.queries import PatientQueries
from services.gateway.schema.payloads import ConflictError, InputError, NotFoundError, ShownRefusal
from services.gateway.schema.reminders.mutations.cancel_reminder import cancel_reminder
from services.gateway.schema.reminders.mutations.retry_reminder import retry_reminder
from services.gateway.schema.reminders.mutations.snooze_reminder import snooze_reminder
from services.gateway.schema.reminders.queries import ReminderQueries
from services.gateway.schema.reminders.reports import ReportQueries
from services.gateway.schema.replies import ReplyQueries
from services.gateway.schema.scalars import SPECIFIED_BY
from services.gateway.schema.simulation import SimulationQueries
from services.gateway.schema.tasks.mutations.complete_task import complete_task
from services.gateway.schema.tasks.queries import TaskQueries
from services.gateway.schema.viewers import ViewerQueries
from services.gateway.snapshot.snapshot import LocalizedEntry


class Query(
    NodeQueries,
    ReleaseQueries,
    ProcedureQueries,
    ConcernQueries,
    ComparisonQueries,
    OptionQueries,
    SearchQueries,
    PlanQueries,
    TermQueries,
    ViewerQueries,
    PatientQueries,
    EnrollmentQueries,
    ReminderQueries,
    ReportQueries,
    SimulationQueries,
    EscalationQueries,
    TaskQueries,
    InboxQueries,
    ReplyQueries,
    graphene.ObjectType,
):
    """All reads."""


class Mutation(graphene.ObjectType):
    """All changes. Expected refusals are data: read userErrors."""

    register_patient = register_patient
    erase_patient = erase_patient
    update_patient = update_patient
    record_consent = record_consent
    confirm_consent = confirm_consent
    suppress_contact = suppress_contact
    lift_suppression = lift_suppression
    enroll_patient = enroll_patient
    reschedule_enrollment = reschedule_enrollment
    record_procedure = record_procedure
    pause_enrollment = pause_enrollment
    resume_enrollment = resume_enrollment
    cancel_enrollment = cancel_enrollment
    snooze_reminder = snooze_reminder
    cancel_reminder = cancel_reminder
    retry_reminder = retry_reminder
    answer_check_in = answer_check_in
    acknowledge_escalation = acknowledge_escalation
    resolve_escalation = resolve_escalation
    complete_task = complete_task
    sign_off_plan = sign_off_plan


_BEHIND_INTERFACES = (Paragraph, Checklist, Notice, InputError, NotFoundError, ConflictError)
"""Types that appear only behind an interface, so that no field names them."""


def build() -> GraphQLSchema:
    """Build the schema; raises TypeError if it is invalid."""
    schema: GraphQLSchema = graphene.Schema(
        query=Query, mutation=Mutation, types=_BEHIND_INTERFACES
    ).graphql_schema
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLScalarType) and name in SPECIFIED_BY:
            type_.specified_by_url = SPECIFIED_BY[name]
        elif isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            type_.resolve_type = type_name
    assert_valid_schema(schema)
    return schema


def printed() -> str:
    """Return the schema as text, independent of the order of definitions."""
    return print_schema(lexicographic_sort_schema(build())) + "\n"


_NAMES = {
    catalog.Paragraph: "Paragraph",
    catalog.Checklist: "Checklist",
    catalog.Notice: "Notice",
    catalog.Procedure: "Procedure",
    catalog.Concern: "Concern",
    catalog.AftercarePlan: "AftercarePlan",
    Person: "Staff",
    reminders.ClinicRecord: "Clinic",
    reminders.PatientRecord: "Patient",
    reminders.EnrollmentRecord: "Enrollment",
    reminders.ReminderRecord: "Reminder",
    replies.InboundRecord: "InboundMessage",
    replies.TaskRecord: "StaffTask",
    check_ins.CheckInRecord: "CheckIn",
    check_ins.EscalationRecord: "Escalation",
}


_REFUSALS = {UserErrorCode.CONFLICT: "ConflictError", UserErrorCode.NOT_FOUND: "NotFoundError"}


def type_name(value: object, _info: object, _type: object) -> str:
    """Return the name of the type; raises KeyError if the schema has none."""
    if isinstance(value, ShownRefusal):
        return _REFUSALS.get(value.refusal.code, "InputError")
    return _NAMES[type(value.entry if isinstance(value, LocalizedEntry) else value)]
