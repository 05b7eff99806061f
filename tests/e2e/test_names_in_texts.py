"""What clinics' names cost, and that no text is longer than its provider carries."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts.sms.limits import SmsLimit, all_parts
from services.contracts.sms.segments import Encoding, count_segments
from tests.support.processes.operator_actions import reply
from tests.support.processes.stack import Stack
from tests.support.waiting import eventually

PHONE = "+12025550123"
CLINIC = "Rowan Clinic"
RED_FLAGS = ("fever", "pus", "911")
NUMBERING = re.compile(r" \(\d+/\d+\)$")
MOST_PARTS = 3

REGISTER = """
mutation ($input: RegisterPatientInput!) {
  registerPatient(input: $input) { patient { id } userErrors { code message path } } }
"""
ENROLL = """
mutation ($input: EnrollPatientInput!) {
  enrollPatient(input: $input) { enrollment { id } userErrors { code message path } } }
"""
RECORD = """
mutation ($id: ID!, $endedAt: DateTime!) {
  recordProcedure(input: {enrollmentId: $id, state: PERFORMED, endedAt: $endedAt}) {
    userErrors { message } } }
"""
REMINDERS = """
query ($id: ID!) { enrollment(id: $id) { reminders(first: 50) {
  nodes { stepKey channel status body attempts { outcome receipts { state } } } } } }
"""
SIMULATE = """
query ($at: DateTime!) {
  simulateEnrollment(plan: "microneedling-aftercare", procedureAt: $at, detail: DETAILED,
    timeZone: "America/New_York") { stepKey channel segments body } }
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


def create(stack: Stack, name: str) -> tuple[str, str]:
    """The output of the command that makes a clinic of this name, and what is told about it."""
    made = stack.afterglow(
        "clinics", "create", name, "--zone", "Europe/Madrid", "--country", "ES", "--locale", "es"
    )
    assert made.returncode == 0, made.stderr
    return made.stdout, made.stderr


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Clínica Ruiz, S.L.", "Clinica Ruiz, S.L."),
        ("Dr. O’Brien", "Dr. O'Brien"),
        ("Skin – Soul", "Skin - Soul"),
        ("Rowan\u00a0West", "Rowan West"),
        ("Łódź Klinika", "Lodz Klinika"),
        ("Şişli\u202e Güzellik", "Sisli Güzellik"),
        ("Praxis „Haut“", 'Praxis "Haut"'),
    ],
)
def test_a_name_for_texts_is_proposed_with_what_it_costs(
    stack: Stack, name: str, proposed: str
) -> None:
    _, advice = create(stack, name)

    assert f"Its texts begin with “{proposed}”" in advice
    assert re.search(r"\d+ parts for the \d+ texts of \d+ plans", advice)
    assert "UCS-2" not in advice


@pytest.mark.parametrize("name", ["Клиника Роза", "光クリニック", "عيادة الورد"])
def test_a_name_in_another_script_says_that_it_doubles_the_cost(stack: Stack, name: str) -> None:
    _, advice = create(stack, name)

    counted = re.search(r"UCS-2.*: (\d+) parts .*; (\d+) parts with a name in the SMS", advice)
    assert counted, advice
    assert int(counted[1]) > 1.6 * int(counted[2])


def test_a_plain_name_says_nothing_more(stack: Stack) -> None:
    assert create(stack, "Café Ñandú")[1] != ""
    assert create(stack, "Café Ruiz")[1] == ""


def test_the_name_and_its_cost_are_shown_and_changed(stack: Stack) -> None:
    create(stack, "Clínica Sol")
    shown = stack.afterglow("clinics", "show", "Clínica Sol").stdout
    changed = stack.afterglow("clinics", "change", "Clínica Sol", "--sms-name", "Sol\u00a0Día")

    assert re.search(r"name in texts +Clinica Sol \(proposed\)", shown)
    assert re.search(r"cost of texts +\d+ parts", shown)
    assert "UCS-2" in changed.stderr
    assert "Sol Día" in stack.afterglow("clinics", "show", "Clínica Sol").stdout


def test_the_doctor_names_a_costly_clinic(stack: Stack) -> None:
    create(stack, "Клиника Сирень")

    checked = stack.afterglow("doctor")

    assert checked.returncode == 0
    assert "note  texts of “Клиника Сирень”: every text is UCS-2" in checked.stdout


def test_a_name_written_with_separate_accents_is_the_same_clinic(stack: Stack) -> None:
    first, _ = create(stack, "Peluquería Mar")
    again, _ = create(stack, "Peluqueri\u0301a\u200b Mar")

    assert first == again


# ---------------------------------------------------------------- a visit that is too long
@pytest.fixture(scope="module")
def visit(stack: Stack) -> list[str]:
    """The enrollments of a visit whose clinic signs in Cyrillic, from a sender that carries 3."""
    number = next(
        line.split("\t")[4].split()[0]
        for line in stack.afterglow("senders", "list", "--clinic", CLINIC).stdout.splitlines()
        if "\tSMS\t" in line
    )
    for words in (
        ("clinics", "change", CLINIC, "--sms-name", "Клиника Роза"),
        ("senders", "add", number, "--clinic", CLINIC, "--channel", "sms",
         "--provider", "twilio", "--most-parts", str(MOST_PARTS)),
    ):  # fmt: skip
        changed = stack.afterglow(*words)
        assert changed.returncode == 0, changed.stderr
    noon = (stack.clock().product + timedelta(days=1)).replace(hour=17, minute=0)
    stack.advance_to(noon)
    return enroll_visit(stack, noon)


def enroll_visit(stack: Stack, noon: datetime) -> list[str]:
    person = {
        "idempotencyKey": "visit-patient",
        "displayName": "Zo\u00eb O\u2019Neil",
        "phone": PHONE,
        "isAdult": True,
        "timeZone": "America/New_York",
        "channels": ["SMS"],
        "detail": "DETAILED",
        "consents": [
            {"channel": "SMS", "purpose": "CARE", "granted": True, "method": "IN_PERSON",
             "detail": "DETAILED", "source": "test", "wordingVersion": "1"},
        ],
    }  # fmt: skip
    registered = mutate(stack, "registerPatient", REGISTER, input=person)
    ids = []
    for plan in ("microneedling-aftercare", "rf-microneedling-aftercare"):
        wanted = {
            "idempotencyKey": f"visit-{plan}",
            "patientId": registered["patient"]["id"],
            "plan": plan,
            "procedureAt": (noon - timedelta(hours=1)).isoformat(),
            "visitReference": "visit-1",
        }
        ids.append(mutate(stack, "enrollPatient", ENROLL, input=wanted)["enrollment"]["id"])
    for id_ in ids:
        ended = (noon - timedelta(minutes=5)).isoformat()
        mutate(stack, "recordProcedure", RECORD, id=id_, endedAt=ended)
    return ids


def mutate(stack: Stack, name: str, document: str, **variables: Any) -> dict[str, Any]:
    answer = stack.graphql(document, variables)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][name]
    assert payload["userErrors"] == []
    return payload


def texted(stack: Stack, visit: list[str]) -> list[dict[str, Any]]:
    """The visit's messages of today that left, once nothing of them is on its way."""

    def today() -> list[dict[str, Any]]:
        nodes = [
            node
            for id_ in visit
            for node in stack.graphql(REMINDERS, {"id": id_})["data"]["enrollment"]["reminders"][
                "nodes"
            ]
        ]
        return [node for node in nodes if node["attempts"]]

    assert eventually(lambda: {node["status"] for node in today()} == {"DELIVERED"}), today()
    return today()


def arrived(stack: Stack) -> list[str]:
    """The texts of the visit on the phone, without the answer to HELP."""
    texts = [message["text"] for message in stack.messages(to=PHONE)]
    return [text for text in texts if "aftercare texts" not in text]


def test_no_message_is_longer_than_its_sender_carries(stack: Stack, visit: list[str]) -> None:
    assert texted(stack, visit)

    texts = arrived(stack)
    assert {count_segments(text).encoding for text in texts} >= {Encoding.UCS_2}
    assert max(count_segments(text).parts for text in texts) <= MOST_PARTS


def test_every_word_arrives_in_order(stack: Stack, visit: list[str]) -> None:
    bodies = ["".join(node["body"].split()) for node in texted(stack, visit)]
    texts = "".join("".join(NUMBERING.sub("", text).split()) for text in arrived(stack))

    assert all(body in texts for body in bodies)


def test_the_red_flags_and_the_way_out_arrive(stack: Stack, visit: list[str]) -> None:
    texted(stack, visit)
    texts = arrived(stack)

    assert all(any(word in text for text in texts) for word in RED_FLAGS)
    assert any("Reply STOP to opt out." in text for text in texts)


def test_each_part_was_accepted_and_delivered(stack: Stack, visit: list[str]) -> None:
    attempts = [attempt for node in texted(stack, visit) for attempt in node["attempts"]]

    assert {attempt["outcome"] for attempt in attempts} == {"ACCEPTED"}
    assert len(attempts) == len(arrived(stack))
    assert all(
        "delivered" in {receipt["state"] for receipt in attempt["receipts"]} for attempt in attempts
    )


def test_answers_are_signed_with_the_name_for_texts(stack: Stack, visit: list[str]) -> None:
    texted(stack, visit)
    before = len(stack.messages(to=PHONE))
    reply(stack, PHONE, "HELP", to=stack.messages(to=PHONE)[0]["from"])

    assert eventually(lambda: len(stack.messages(to=PHONE)) > before)
    assert stack.messages(to=PHONE)[-1]["text"].startswith("Клиника Роза: ")


def test_a_simulation_counts_what_leaves(stack: Stack, visit: list[str]) -> None:
    assert visit
    at = datetime.now(UTC) + timedelta(days=2)  # noqa: TID251 - any day to come
    answer = stack.graphql(SIMULATE, {"at": at.isoformat()})
    shown = answer["data"]["simulateEnrollment"]
    longest = max((item for item in shown if item["segments"]), key=lambda item: item["segments"])

    parts = all_parts(longest["body"], SmsLimit(parts=MOST_PARTS, characters=1600))
    assert longest["segments"] == sum(count_segments(part.text).parts for part in parts)
    assert longest["segments"] > MOST_PARTS
