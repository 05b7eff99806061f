"""Fields of a clinic's own data: who sees what, and in how many asks."""

from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from graphql import ExecutionResult

from services.chassis.ask import UpstreamTimeout
from services.contracts.reminders import (
    FindPatient,
    GetEnrollments,
    GetReminders,
    HoldShown,
    ListEnrollments,
    RenderReminder,
    Scope,
)
from services.contracts.words import EnrollmentStatus, MessageDetail, Mode, ReminderStatus, Role
from services.gateway.identity.viewer import Viewer
from services.gateway.schema import ids
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.care_records import (
    PROCEDURE_AT,
    enrollment,
    reminder,
)
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    shipped_snapshot,
)
from tests.support.gateway.fake_clinic import by_id, clinic_of_seven
from tests.support.gateway.whole_schema import answer_of, data_of, refused_codes

PATIENT_ID = ids.encode("Patient", 12)
ENROLLMENT_ID = ids.encode("Enrollment", 5)


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def ask(
    text: str, viewer: Viewer = STAFF, client: FakeClient | None = None, **variables: Any
) -> ExecutionResult:
    return answer_of(client or clinic_of_seven(), viewer, text, variables, shipped())


def data(text: str, viewer: Viewer = STAFF, **variables: Any) -> Any:
    return data_of(ask(text, viewer, **variables))


WHOLE_PATIENT = """
{ patient(reference: "R-12") {
  id mode reference displayName phone email
  contactPoints { channel masked verifiedAt isShared owner suppressed }
  isAdult timeZone timeZoneSource region locale
  preferences { channels detail quietHours { start end } pausedUntil }
  consents { id channel purpose state isCurrent detail method basis source wordingVersion
             recordedBy recordedAt }
  suppressions { channel reason since }
  enrollments(first: 2, status: [ACTIVE]) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }
    nodes {
      id patient { id } plan { id version title procedures { slug } steps { key } }
      planVersion status createdAt procedureAt procedureEndedAt procedureState performedBy
      reference visitReference
      reminders(first: 2) { pageInfo { hasNextPage endCursor } nodes {
        id enrollment { id } stepKey kind title channel status statusReason dueAt localDueAt
        usefulUntil subject body detailed: body(detail: DETAILED)
        attempts { number provider startedAt outcome code providerReference
                   receipts { at state code } }
        why { at code text } } }
    } } } }
"""


def test_staff_read_every_field_of_a_patient() -> None:
    fields = data(WHOLE_PATIENT)["patient"]
    assert (fields["id"], fields["phone"]) == (PATIENT_ID, "+12025550143")
    reminders = fields["enrollments"]["nodes"][0]["reminders"]["nodes"]
    assert [planned["detailed"] for planned in reminders] == ["1 DETAILED", "2 DETAILED"]


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLINICIAN, Role.ADMIN])
def test_everyone_at_a_clinic_reads_its_patients(role: Role) -> None:
    viewer = Viewer(role=role, clinic_id=7, mode=Mode.TEST, key_id=1)
    assert data('{ patient(reference: "R-12") { id } }', viewer)["patient"]


def test_services_are_told_whose_data_may_be_seen() -> None:
    client = clinic_of_seven()
    ask('{ patient(reference: "R-12") { id } }', client=client)
    assert client.asked[0].scope == Scope(
        clinic_id=7, mode=Mode.TEST, role=Role.STAFF, actor="key:3"
    )


PRIVATE_ROOTS = [
    '{ patient(id: "x") { id } }',
    '{ enrollment(id: "x") { id } }',
    "{ reminders { nodes { id } } }",
]


@pytest.mark.parametrize("text", PRIVATE_ROOTS)
def test_anonymous_callers_are_asked_for_a_key(text: str) -> None:
    assert refused_codes(ask(text, ANONYMOUS)) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("text", PRIVATE_ROOTS)
@pytest.mark.parametrize("viewer", [FRONT_END, OPERATOR])
def test_other_keys_are_refused(text: str, viewer: Viewer) -> None:
    assert refused_codes(ask(text, viewer)) == ["FORBIDDEN"]


@pytest.mark.parametrize("text", PRIVATE_ROOTS)
@pytest.mark.parametrize("viewer", [ANONYMOUS, FRONT_END, OPERATOR])
def test_a_refused_field_asks_nothing(text: str, viewer: Viewer) -> None:
    client = clinic_of_seven()
    ask(text, viewer, client)
    assert client.asked == []


NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
PRIVATE_IDS = [
    ids.encode("Patient", 12),
    ids.encode("Enrollment", 5),
    ids.encode("Reminder", 100),
    ids.encode("Clinic", 7),
]


def test_staff_fetch_private_things_by_id() -> None:
    assert data(NODES, ids=PRIVATE_IDS) == {"nodes": [{"id": each} for each in PRIVATE_IDS]}


@pytest.mark.parametrize("viewer", [ANONYMOUS, OPERATOR])
def test_a_private_id_is_null_to_others_and_nothing_is_asked(viewer: Viewer) -> None:
    client = clinic_of_seven()
    result = ask(NODES, viewer, client, ids=PRIVATE_IDS)
    assert (result.data, result.errors, client.asked) == ({"nodes": [None] * 4}, None, [])


def test_a_front_end_key_fetches_its_clinic_and_nothing_else() -> None:
    nodes = data(NODES, FRONT_END, ids=PRIVATE_IDS)["nodes"]
    assert nodes == [None, None, None, {"id": ids.encode("Clinic", 7)}]


def test_an_id_of_another_clinic_looks_like_one_that_nobody_has() -> None:
    others = [ids.encode("Patient", 999), ids.encode("Clinic", 8), ids.encode("Reminder", 1)]
    assert data(NODES, ids=others) == {"nodes": [None] * 3}


@pytest.mark.parametrize(
    "arguments", ['id: "garbage"', f'id: "{ids.encode("Patient", 999)}"', 'reference: "nope"']
)
def test_a_patient_that_is_not_there_is_null(arguments: str) -> None:
    assert data(f"{{ patient({arguments}) {{ id }} }}") == {"patient": None}


@pytest.mark.parametrize(
    "text",
    [
        "query ($name: String) { patient(reference: $name) { id } }",
        "query ($name: String) { enrollment(reference: $name) { id } }",
        "query ($name: String) { reminders(filter: {plan: $name}) { nodes { id } } }",
    ],
)
def test_a_name_that_nothing_can_have_is_not_asked_for(text: str) -> None:
    client = clinic_of_seven()
    result = ask(text, client=client, name="R\x0012")
    assert (result.errors, client.asked) == (None, [])


@pytest.mark.parametrize("arguments", ["id: null", f'id: "{PATIENT_ID}", reference: "R-12"'])
@pytest.mark.parametrize("field", ["patient", "enrollment"])
def test_one_name_is_needed_and_only_one(field: str, arguments: str) -> None:
    assert refused_codes(ask(f"{{ {field}({arguments}) {{ id }} }}")) == ["BAD_USER_INPUT"]


def test_an_enrollment_is_found_by_id_and_by_reference() -> None:
    answered = data(
        """query ($id: ID!) { a: enrollment(id: $id) { id }
             b: enrollment(reference: "E-5") { id } }""",
        id=ENROLLMENT_ID,
    )
    assert answered == {"a": {"id": ENROLLMENT_ID}, "b": {"id": ENROLLMENT_ID}}


def test_a_pinned_plan_is_told_as_it_was_pinned() -> None:
    pinned = enrollment(5)
    older = {5: enrollment(5, plan=_older(pinned.plan))}
    client = FakeClient({GetEnrollments: by_id(older)})
    result = ask(
        "query ($id: ID!) { enrollment(id: $id) { planVersion plan { id version } } }",
        client=client,
        id=ENROLLMENT_ID,
    )
    assert result.data == {
        "enrollment": {
            "planVersion": 0,
            "plan": {"id": ids.encode("AftercarePlan", pinned.plan.slug, "en", 0), "version": 0},
        }
    }


def _older(plan: Any) -> Any:
    return msgspec.structs.replace(plan, version=0)


PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $sort: ReminderSort) {
  reminders(first: $first, after: $after, last: $last, before: $before, sort: $sort) {
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def page(**variables: Any) -> tuple[list[int], dict[str, Any]]:
    connection = data(PAGE, **variables)["reminders"]
    decoded = [ids.decode_number("Reminder", edge["node"]["id"]) for edge in connection["edges"]]
    return [number for number in decoded if number is not None], connection["pageInfo"]


def test_reminders_are_paged_forward() -> None:
    first, info = page(first=4)
    second, last_info = page(first=7, after=info["endCursor"])
    assert first + second == list(range(1, 11))
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    assert (last_info["hasNextPage"], last_info["hasPreviousPage"]) == (False, True)


def test_reminders_are_paged_backward_in_the_same_order() -> None:
    last, info = page(last=4)
    before, first_info = page(last=7, before=info["startCursor"])
    assert before + last == list(range(1, 11))
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)
    assert (first_info["hasNextPage"], first_info["hasPreviousPage"]) == (True, False)


def test_reminders_are_listed_latest_first_when_asked() -> None:
    assert page(first=3, sort="DUE_DESC")[0] == [10, 9, 8]
    assert page(last=3, sort="DUE_DESC")[0] == [3, 2, 1]


def test_a_page_of_no_reminders_says_whether_there_are_any() -> None:
    numbers, info = page(first=0)
    assert (numbers, info["hasNextPage"], info["endCursor"]) == ([], True, None)


def test_a_cursor_of_one_order_is_refused_in_the_other() -> None:
    _, info = page(first=1)
    result = ask(PAGE, after=info["endCursor"], sort="DUE_DESC")
    assert refused_codes(result) == ["INVALID_CURSOR"]


@pytest.mark.parametrize(
    "sizes", [{"first": 1, "last": 1}, {"first": -1}, {"last": 101}, {"after": "x", "before": "x"}]
)
def test_contradicting_pages_are_refused(sizes: dict[str, Any]) -> None:
    assert refused_codes(ask(PAGE, **sizes)) == ["BAD_USER_INPUT"]


def test_a_filter_reaches_the_service_as_it_was_given() -> None:
    client = clinic_of_seven()
    ask(
        """query ($patient: ID!) { reminders(filter: {patientId: $patient, status: [SCHEDULED],
             kind: [CARE], channel: SMS, plan: "p", dueAfter: "2026-12-03T16:00:00+01:00"}) {
             nodes { id } } }""",
        client=client,
        patient=PATIENT_ID,
    )
    (question, _again) = client.asked
    assert question.patient_id == 12
    assert question.status == (ReminderStatus.SCHEDULED,)
    assert question.due_after == PROCEDURE_AT
    assert question.due_before is None


def test_reminders_of_an_id_that_is_no_patients_are_none() -> None:
    client = clinic_of_seven()
    result = ask('{ reminders(filter: {patientId: "x"}) { nodes { id } } }', client=client)
    assert (result.data, client.asked) == ({"reminders": {"nodes": []}}, [])


def test_a_status_of_enrollments_reaches_the_service() -> None:
    client = clinic_of_seven()
    ask(
        '{ patient(reference: "R-12") { enrollments(status: [PAUSED]) { nodes { id } } } }',
        client=client,
    )
    (question, *_) = client.questions(ListEnrollments)
    assert question.status == (EnrollmentStatus.PAUSED,)


def test_a_service_that_does_not_answer_fails_its_own_field_alone() -> None:
    def late(_question: Any) -> Any:
        raise UpstreamTimeout("reminders", 3)

    client = FakeClient({FindPatient: late})
    result = ask('{ patient(reference: "R-12") { id } catalogRelease { version } }', client=client)
    assert result.data is not None
    assert result.data["patient"] is None
    assert result.data["catalogRelease"]


LISTS = """
query ($after: String) { patient(reference: "R-12") { enrollments { nodes { id
  reminders(first: 1, after: $after) { pageInfo { endCursor } } } } } }
"""


def test_a_cursor_of_one_list_fails_the_others_alone() -> None:
    enrollments = data(LISTS)["patient"]["enrollments"]["nodes"]
    cursor = enrollments[0]["reminders"]["pageInfo"]["endCursor"]

    result = ask(LISTS, after=cursor)

    assert result.data is not None
    first, second = result.data["patient"]["enrollments"]["nodes"]
    assert first["reminders"]
    assert second is None
    assert refused_codes(result) == ["INVALID_CURSOR"]


def test_who_asks_is_told_to_staff() -> None:
    answered = data("{ access { roles mode clinic { name } expiresAt } viewer { __typename } }")
    assert answered == {
        "access": {
            "roles": ["STAFF"],
            "mode": "TEST",
            "clinic": {"name": "Harbor Skin"},
            "expiresAt": None,
        },
        "viewer": {"__typename": "Clinic"},
    }


def test_an_operator_has_no_clinic() -> None:
    answered = data("{ access { roles clinic { id } } viewer { __typename } }", OPERATOR)
    assert answered == {"access": {"roles": ["OPERATOR"], "clinic": None}, "viewer": None}


def test_every_field_of_a_clinic_can_be_read() -> None:
    answered = data(
        """{ viewer { ... on Clinic { id name timeZone locale country emergencyNumber phone
             quietHours { start end } } } }"""
    )["viewer"]
    assert answered["quietHours"] == {"start": "20:00", "end": "09:00"}


def test_a_detail_asks_for_another_rendering() -> None:
    client = clinic_of_seven()
    ask(
        """query ($id: ID!) { node(id: $id) { ... on Reminder { body
             discreet: body(detail: DISCREET) } } }""",
        client=client,
        id=ids.encode("Reminder", 100),
    )
    details = {question.detail for question in client.questions(RenderReminder)}
    assert details == {MessageDetail.DISCREET}


def test_a_procedure_time_is_shown_in_utc() -> None:
    answered = data("query ($id: ID!) { enrollment(id: $id) { procedureAt } }", id=ENROLLMENT_ID)
    assert answered == {"enrollment": {"procedureAt": "2026-12-03T15:00:00Z"}}
    assert PROCEDURE_AT.utcoffset() == timedelta(0)


def test_a_reminder_says_what_keeps_it_waiting() -> None:
    held = HoldShown(code="HELD", text="Held by an operator.", until=None)
    client = clinic_of_seven()
    client.replies[GetReminders] = by_id({100: reminder(100, hold=held)})
    text = "query ($id: ID!) { node(id: $id) { ... on Reminder { hold { code text until } } } }"

    result = ask(text, client=client, id=ids.encode("Reminder", 100))

    assert result.data == {
        "node": {"hold": {"code": "HELD", "text": "Held by an operator.", "until": None}}
    }
