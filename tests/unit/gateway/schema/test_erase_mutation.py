import dataclasses
from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.words import Role
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
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

ADMIN = dataclasses.replace(STAFF, role=Role.ADMIN)
CLINICIAN = dataclasses.replace(STAFF, role=Role.CLINICIAN)
PATIENT_ID = ids.encode("Patient", 12)
ERASE = """
mutation ($input: ErasePatientInput!) { erasePatient(input: $input) {
  patientId erased userErrors { __typename message path code } } }
"""


def mutate(client: FakeClient, viewer: Viewer = ADMIN, **changes: Any) -> ExecutionResult:
    mutation_input = {"patientId": PATIENT_ID, "reason": "asked by letter"} | changes
    return execute_with_oracle(
        whole_schema(), ERASE, lambda: request_of(viewer, client), {"input": mutation_input}
    )


def payload(client: FakeClient, **changes: Any) -> dict[str, Any]:
    result = mutate(client, **changes)
    assert result.errors is None
    assert result.data
    fields: dict[str, Any] = result.data["erasePatient"]
    return fields


def answering(reply: EraseReply) -> FakeClient:
    return FakeClient({ErasePatient: lambda _: reply})


def test_says_whom_nobody_knows_any_more() -> None:
    client = answering(EraseReply(patient_id=12))

    assert payload(client) == {"patientId": PATIENT_ID, "erased": True, "userErrors": []}
    assert (client.asked[0].patient_id, client.asked[0].reason) == (12, "asked by letter")


def test_a_refusal_is_data() -> None:
    refusal = Refusal(code=UserErrorCode.NOT_FOUND, message="None.", path=("patient_id",))

    answered = payload(answering(EraseReply(refusals=(refusal,))))

    assert (answered["patientId"], answered["erased"]) == (None, False)
    assert [(one["code"], one["path"]) for one in answered["userErrors"]] == [
        ("NOT_FOUND", ["patientId"])
    ]


def test_an_id_of_something_else_is_nobodys() -> None:
    answered = payload(answering(EraseReply()), patientId=ids.encode("Reminder", 12))

    assert [one["code"] for one in answered["userErrors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("viewer", "code"),
    [
        (ANONYMOUS, "UNAUTHENTICATED"),
        (FRONT_END, "FORBIDDEN"),
        (STAFF, "FORBIDDEN"),
        (CLINICIAN, "FORBIDDEN"),
        (OPERATOR, "FORBIDDEN"),
    ],
)
def test_only_an_administrator_may_ask(viewer: Viewer, code: str) -> None:
    client = answering(EraseReply(patient_id=12))

    assert refused_codes(mutate(client, viewer)) == [code]
    assert client.asked == []
