"""A patient who is asked, answers that it gets worse, and is not left alone with it."""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from services.chassis.ask import ThreadedAskClient
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.check_ins import AddAlertContact, AlertContactRecord
from tests.support.processes.operator_actions import reply
from tests.support.processes.stack import Stack
from tests.support.waiting import eventually

PHONE, INBOX = "+12025550171", "maren@example.com"
NAME = "Maren Quist"
RECEPTION = "+12025550188"
STEP = "day-2-how-is-it-going"

REGISTER = """
mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  patient { id } userErrors { message path } } }
"""
ENROLL = """
mutation ($input: EnrollPatientInput!) { enrollPatient(input: $input) {
  enrollment { id } userErrors { message path } } }
"""
REMINDERS = """
query ($id: ID!) { now enrollment(id: $id) {
  reminders(first: 50) { nodes { stepKey channel status dueAt } }
  checkIns { question level answer answeredVia options { value label } escalation { id } } } }
"""
ESCALATIONS = """
{ escalations(open: true) { totalCount nodes {
  id level reason acknowledgedAt acknowledgedBy alerts { tier channel }
  patient { displayName } checkIn { answer } message { text } } } }
"""
RESOLVE = """
mutation ($id: ID!) { resolveEscalation(input: {
  escalationId: $id, outcome: SEEN_AT_CLINIC, note: "cooled"}) {
  escalation { outcome resolvedAt } userErrors { code } } }
"""


@dataclass
class Story:
    """What was seen on the way, in this order; tests only look at it."""

    text: str = ""
    page: str = ""
    looked_at: Any = None
    safety: str = ""
    alert: str = ""
    escalation: Any = None
    fetched: Any = None
    taken_page: str = ""
    acknowledged: Any = None
    refused: Any = None
    closed: Any = None
    left_open: Sequence[Any] = ()
    page_again: str = ""
    opened_again: Sequence[Any] = ()
    check_in: Any = None


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with Stack() as stack:
        story = Story()
        enrollment = _ask_a_patient(stack, story)
        _answer_by_text(stack, story)
        _take_the_alert(stack, story)
        _close_it(stack, story)
        story.page_again = _open(_link(stack, INBOX, "c"), option="3")
        story.opened_again = _escalations(stack)
        story.check_in = _check_in(stack, enrollment)
        yield story


def test_the_question_arrives_with_its_answers(story: Story) -> None:
    assert "Reply 1 calming down, 2 no change, 3 getting worse." in story.text
    assert [option["value"] for option in story.looked_at["options"]] == ["1", "2", "3"]


def test_the_mail_leads_to_a_page_that_asks_and_names_nobody(story: Story) -> None:
    assert "How are you doing today?" in story.page
    assert "getting worse" in story.page
    assert NAME not in story.page


def test_looking_at_the_page_answers_nothing(story: Story) -> None:
    assert (story.looked_at["level"], story.looked_at["answer"]) == ("WAITING", None)


def test_a_red_answer_is_answered_at_once_with_whom_to_call(story: Story) -> None:
    assert "our team has been alerted" in story.safety
    assert "911" in story.safety


def test_the_alert_names_no_patient(story: Story) -> None:
    for personal in (NAME, NAME.split(maxsplit=1)[0], PHONE, INBOX, "worse"):
        assert personal not in story.alert


def test_staff_see_whom_it_is_about_and_what_was_said(story: Story) -> None:
    escalation = story.escalation

    assert (escalation["level"], escalation["patient"]) == ("RED", {"displayName": NAME})
    assert (escalation["checkIn"]["answer"], escalation["message"]["text"]) == ("3", "3")
    assert escalation["alerts"][0] == {"tier": 0, "channel": "SMS"}


def test_fetching_the_link_acknowledges_nothing_and_its_form_does(story: Story) -> None:
    assert story.fetched["acknowledgedAt"] is None
    assert "Taken by Ana Ruiz" in story.taken_page
    assert "Ana Ruiz" in story.acknowledged["acknowledgedBy"]


def test_a_red_one_is_closed_by_a_clinician_and_not_by_staff(story: Story) -> None:
    assert story.refused["userErrors"] == [{"code": "NOT_ALLOWED"}]
    assert story.closed["userErrors"] == []
    assert story.closed["escalation"]["outcome"] == "SEEN_AT_CLINIC"
    assert story.left_open == []


def test_red_again_by_the_page_opens_another_and_says_what_to_do(story: Story) -> None:
    assert 'role="alert"' in story.page_again
    assert "please call" in story.page_again
    assert story.check_in["answeredVia"] == "PAGE"
    assert len(story.opened_again) == 1


def _ask_a_patient(stack: Stack, story: Story) -> str:
    _alert_the_reception(stack)
    enrollment = _enroll(stack)
    due = [reminder for reminder in _reminders(stack, enrollment) if reminder["stepKey"] == STEP]
    stack.advance_to(max(datetime.fromisoformat(later["dueAt"]) for later in due))
    story.text = _arrived(stack, PHONE, "how are you doing?")["text"]
    assert eventually(lambda: _check_in(stack, enrollment) is not None)
    story.page = _open(_link(stack, INBOX, "c"))
    story.looked_at = _check_in(stack, enrollment)
    return enrollment


def _answer_by_text(stack: Stack, story: Story) -> None:
    reply(stack, PHONE, "3", to=_arrived(stack, PHONE, "how are you doing?")["from"])
    story.safety = _arrived(stack, PHONE, "please call")["text"]
    story.alert = _arrived(stack, RECEPTION, "/a/")["text"]
    (story.escalation,) = _escalations(stack)


def _take_the_alert(stack: Stack, story: Story) -> None:
    place = _link(stack, RECEPTION, "a")
    assert "<form" in _open(place)
    (story.fetched,) = _escalations(stack)
    story.taken_page = _open(place, by="Ana Ruiz")
    (story.acknowledged,) = _escalations(stack)


def _close_it(stack: Stack, story: Story) -> None:
    made = stack.afterglow(
        "keys", "create", "--clinic", "Rowan Clinic", "--role", "CLINICIAN", "--kind", "test"
    )
    assert made.returncode == 0, made.stderr
    which = {"id": story.acknowledged["id"]}
    story.refused = stack.graphql(RESOLVE, which)["data"]["resolveEscalation"]
    clinician = made.stdout.strip()
    story.closed = stack.graphql(RESOLVE, which, key=clinician)["data"]["resolveEscalation"]
    story.left_open = _escalations(stack)


def _alert_the_reception(stack: Stack) -> None:
    settings = stack.settings
    vault = Vault.from_settings(settings["DATA_KEYS"], settings["INDEX_KEYS"])
    client = ThreadedAskClient(settings["REDIS_URL"], vault)
    try:
        contact = AddAlertContact(clinic_id=1, channel=Channel.SMS, address=RECEPTION)
        assert isinstance(client.ask(contact), AlertContactRecord)
    finally:
        client.close()


def _enroll(stack: Stack) -> str:
    consent = {
        "purpose": "CARE",
        "granted": True,
        "source": "front-desk",
        "method": "IN_PERSON",
        "wordingVersion": "1",
    }
    registered = stack.graphql(
        REGISTER,
        {
            "input": {
                "idempotencyKey": "maren",
                "displayName": NAME,
                "phone": PHONE,
                "email": INBOX,
                "isAdult": True,
                "consents": [{"channel": channel, **consent} for channel in ("SMS", "EMAIL")],
            }
        },
    )["data"]["registerPatient"]
    assert registered["userErrors"] == []
    now = stack.clock().product.isoformat()
    enrolled = stack.graphql(
        ENROLL,
        {
            "input": {
                "idempotencyKey": "maren-1",
                "patientId": registered["patient"]["id"],
                "plan": "microneedling-aftercare",
                "procedureAt": now,
                "procedureEndedAt": now,
            }
        },
    )["data"]["enrollPatient"]
    assert enrolled["userErrors"] == []
    return str(enrolled["enrollment"]["id"])


def _reminders(stack: Stack, enrollment: str) -> list[dict[str, Any]]:
    data = stack.graphql(REMINDERS, {"id": enrollment})["data"]
    reminders: list[dict[str, Any]] = data["enrollment"]["reminders"]["nodes"]
    return reminders


def _check_in(stack: Stack, enrollment: str) -> Any:
    data = stack.graphql(REMINDERS, {"id": enrollment})["data"]
    return next(iter(data["enrollment"]["checkIns"]), None)


def _escalations(stack: Stack) -> list[dict[str, Any]]:
    escalations: list[dict[str, Any]] = stack.graphql(ESCALATIONS)["data"]["escalations"]["nodes"]
    return escalations


def _arrived(stack: Stack, to: str, words: str) -> Any:
    """The first message with these words, which is waited for."""

    def arrived() -> Any:
        return next(
            (message for message in stack.messages(to=to) if words in message["text"]), None
        )

    assert eventually(arrived), (to, words)
    return arrived()


def _link(stack: Stack, to: str, page: str) -> str:
    text = _arrived(stack, to, f"/{page}/")["text"]
    link = re.search(rf"https?://\S+/{page}/[\w.\-]+", text)
    assert link
    return link[0]


def _open(url: str, **form: str) -> str:
    sent = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, sent, timeout=10) as page:  # noqa: S310 - our own http address
        return str(page.read().decode())
