from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.errors import Caution, Refusal, UserErrorCode
from services.contracts.reminders import (
    CancelEnrollment,
    EnrollmentReply,
    EnrollPatient,
    GetEnrollments,
    GetPatients,
)
from services.contracts.words import EnrollmentStatus
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from tests.support.gateway.care_records import PROCEDURE_AT, enrollment, patient
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    request_of,
)
from tests.support.gateway.whole_schema import refused_codes, whole_schema

ENROLL = """
mutation ($input: EnrollPatientInput!) { enrollPatient(input: $input) {
  enrollment { id patient { id } } warnings { code message stepKey }
  userErrors { __typename code path ... on ConflictError { existing { __typename id } } } } }
"""
CANCEL = """
mutation ($input: CancelEnrollmentInput!) { cancelEnrollment(input: $input) {
  enrollment { id status } warnings { code } userErrors { __typename code path } } }
"""
ENROLL_INPUT = {
    "idempotencyKey": "k-1",
    "patientId": ids.encode("Patient", 12),
    "plan": "microneedling-aftercare",
    "procedureAt": "2026-12-03T10:00:00-05:00",
}
ENROLLMENT_ID = ids.encode("Enrollment", 5)


def answering(reply: EnrollmentReply) -> FakeClient:
    return FakeClient(
        {
            EnrollPatient: lambda _: reply,
            CancelEnrollment: lambda _: reply,
            GetPatients: lambda question: tuple(map(patient, question.ids)),
            GetEnrollments: lambda question: tuple(map(enrollment, question.ids)),
        }
    )


DONE = EnrollmentReply(enrollment=enrollment(5))


def mutate(
    text: str, mutation_input: dict[str, Any], client: FakeClient, viewer: Viewer = STAFF
) -> ExecutionResult:
    return execute_with_oracle(
        whole_schema(), text, lambda: request_of(viewer, client), {"input": mutation_input}
    )


def payload(text: str, mutation_input: dict[str, Any], client: FakeClient) -> dict[str, Any]:
    result = mutate(text, mutation_input, client)
    assert result.errors is None
    assert result.data
    (fields,) = result.data.values()
    assert isinstance(fields, dict)
    return fields


def test_a_patient_is_enrolled() -> None:
    client = answering(DONE)
    assert payload(ENROLL, ENROLL_INPUT, client) == {
        "enrollment": {"id": ENROLLMENT_ID, "patient": {"id": ids.encode("Patient", 12)}},
        "warnings": [],
        "userErrors": [],
    }
    command = client.asked[0]
    assert (command.patient_id, command.procedure_at) == (12, PROCEDURE_AT)
    assert command.idempotency_key == "k-1"


@pytest.mark.parametrize("typed", [" V1", "V1\u200b", "V1\u00a0", "\u202dV1\u202c"])
def test_a_clinics_own_numbers_lose_what_nobody_sees(typed: str) -> None:
    client = answering(DONE)
    payload(ENROLL, ENROLL_INPUT | {"reference": typed, "visitReference": typed}, client)

    asked = client.asked[0]
    assert (asked.reference, asked.visit_reference) == ("V1", "V1")


def test_what_will_not_happen_as_one_might_think_is_told() -> None:
    caution = Caution(code="STEP_SKIPPED", message="It is too late for this.", step_key="day-minus")
    reply = EnrollmentReply(enrollment=enrollment(5), cautions=(caution,))
    assert payload(ENROLL, ENROLL_INPUT, answering(reply))["warnings"] == [
        {"code": "STEP_SKIPPED", "message": "It is too late for this.", "stepKey": "day-minus"}
    ]


@pytest.mark.parametrize("code", list(UserErrorCode))
def test_every_refusal_is_told_as_data(code: UserErrorCode) -> None:
    refusal = Refusal(code=code, message="No.", path=("plan",))
    answered = payload(ENROLL, ENROLL_INPUT, answering(EnrollmentReply(refusals=(refusal,))))
    assert answered["enrollment"] is None
    assert [(error["code"], error["path"]) for error in answered["userErrors"]] == [
        (code.value, ["plan"])
    ]


def test_a_conflict_shows_the_enrollment_that_stands_in_the_way() -> None:
    refusal = Refusal(code=UserErrorCode.CONFLICT, message="No.", existing_id=6)
    answered = payload(ENROLL, ENROLL_INPUT, answering(EnrollmentReply(refusals=(refusal,))))
    assert answered["userErrors"][0]["existing"] == {
        "__typename": "Enrollment",
        "id": ids.encode("Enrollment", 6),
    }


def test_a_patient_that_is_none_is_not_found() -> None:
    client = answering(DONE)
    answered = payload(ENROLL, {**ENROLL_INPUT, "patientId": "garbage"}, client)
    assert (answered["userErrors"][0]["path"], client.asked) == (["patientId"], [])


def test_an_enrollment_is_cancelled() -> None:
    reply = EnrollmentReply(enrollment=enrollment(5, status=EnrollmentStatus.CANCELLED))
    client = answering(reply)
    answered = payload(CANCEL, {"enrollmentId": ENROLLMENT_ID, "reason": "Moved away"}, client)
    assert answered["enrollment"] == {"id": ENROLLMENT_ID, "status": "CANCELLED"}
    assert (client.asked[0].enrollment_id, client.asked[0].reason) == (5, "Moved away")


def test_an_enrollment_that_is_none_is_not_found() -> None:
    client = answering(DONE)
    answered = payload(CANCEL, {"enrollmentId": ids.encode("Patient", 5)}, client)
    assert answered["userErrors"][0]["__typename"] == "NotFoundError"
    assert client.asked == []


def test_a_reason_that_is_too_long_is_refused() -> None:
    answered = payload(
        CANCEL, {"enrollmentId": ENROLLMENT_ID, "reason": "x" * 501}, answering(DONE)
    )
    assert (answered["enrollment"], answered["userErrors"][0]["path"]) == (None, ["reason"])


@pytest.mark.parametrize(
    ("viewer", "code"),
    [(ANONYMOUS, "UNAUTHENTICATED"), (FRONT_END, "FORBIDDEN"), (OPERATOR, "FORBIDDEN")],
)
@pytest.mark.parametrize(
    ("text", "mutation_input"), [(ENROLL, ENROLL_INPUT), (CANCEL, {"enrollmentId": ENROLLMENT_ID})]
)
def test_only_people_of_the_clinic_enroll_and_cancel(
    text: str, mutation_input: dict[str, Any], viewer: Viewer, code: str
) -> None:
    client = answering(DONE)
    result = mutate(text, mutation_input, client, viewer)
    assert (refused_codes(result), client.asked) == ([code], [])
