import json
from email.utils import format_datetime

import pytest

from services.contracts.words import SuppressionReason
from services.reminders.channels import http
from services.reminders.channels.email.smtp import outcomes as smtp
from services.reminders.channels.email.smtp.outcomes import Stage
from services.reminders.channels.http import seconds_to_wait
from services.reminders.channels.sms.kannel import outcomes as kannel
from services.reminders.channels.sms.twilio import outcomes as twilio
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.reminders.due_messages import LONG_AGO

PASSES = "PASSES"
FINAL = "FINAL"
Expected = Failure | SuppressionReason | str
"""A failure or PASSES: tried again. FINAL or the reason for a suppression: never again."""

TWILIO_CODES: list[tuple[int, str, Expected]] = [
    (20003, "Permission denied: authentication error", Failure.NOT_ALLOWED),
    (20429, "Too many requests", Failure.BUSY),
    (21211, "Invalid 'To' phone number", SuppressionReason.INVALID),
    (21212, "Invalid 'From' number", Failure.SENDER),
    (21214, "'To' number cannot be reached", SuppressionReason.INVALID),
    (21217, "Phone number does not appear to be valid", SuppressionReason.INVALID),
    (21219, "'To' number is not verified for a trial account", Failure.SENDER),
    (21265, "'To' number cannot be a short code", SuppressionReason.INVALID),
    (21266, "'To' and 'From' numbers cannot be the same", FINAL),
    (21267, "Alphanumeric sender id cannot be used as the 'To' number", SuppressionReason.INVALID),
    (21408, "Permission to send an SMS is not enabled for the region", FINAL),
    (21601, "Phone number is not a valid SMS-capable number", Failure.SENDER),
    (21602, "Message body is required", FINAL),
    (21603, "A 'From' number is required", Failure.SENDER),
    (21604, "A 'To' number is required", SuppressionReason.INVALID),
    (21605, "Maximum body length is 160 characters", FINAL),
    (21606, "'From' number is not an SMS-capable number of the account", Failure.SENDER),
    (21607, "Invalid 'From' number for this account", Failure.SENDER),
    (21608, "The number is unverified for a trial account", Failure.SENDER),
    (21610, "Attempt to send to an unsubscribed recipient", SuppressionReason.OPT_OUT),
    (21611, "'From' number has exceeded its queued messages", Failure.BUSY),
    (21612, "'To' number is not reachable from this 'From' number", FINAL),
    (21614, "'To' number is not a valid mobile number", SuppressionReason.INVALID),
    (21617, "The message body exceeds 1,600 characters", FINAL),
    (21619, "A text message body or media urls must be specified", FINAL),
    (21635, "'To' number cannot be a landline", SuppressionReason.INVALID),
    (21659, "'From' is not a Twilio phone number", Failure.SENDER),
    (21660, "Mismatch between 'From' number and the account", Failure.SENDER),
    (21661, "'From' number is not SMS-capable", Failure.SENDER),
    (30001, "Queue overflow", Failure.BUSY),
    (30002, "Account suspended", Failure.NOT_ALLOWED),
    (30004, "Message blocked", FINAL),
    (30005, "Unknown destination handset", SuppressionReason.INVALID),
    (30006, "Landline or unreachable carrier", SuppressionReason.INVALID),
    (30007, "Message filtered", FINAL),
    (30034, "US A2P 10DLC: message from an unregistered number", Failure.SENDER),
]
"""https://www.twilio.com/docs/api/errors: code, title, and what follows for a message."""

KANNEL_REFUSALS: list[tuple[bytes, str, SuppressionReason | None]] = [
    (
        b"Number(s) has/have been denied by white- and/or black-lists.",
        "DENIED",
        SuppressionReason.MANUAL,
    ),
    (b"Missing receiver number, rejected", "NO_RECEIVER", None),
    (b"Empty receiver number not allowed, rejected", "NO_RECEIVER", None),
    (b"Sender missing and no global set, rejected", "NO_SENDER", None),
    (b"Charset or body misformed, rejected", "BODY_MISFORMED", None),
]
"""What smsbox answers with status 400 (gw/smsbox.c), in full."""

KANNEL_STATUSES: list[tuple[int, str, Failure]] = [
    (401, "Unauthorized", Failure.NOT_ALLOWED),
    (403, "Authorization failed for sendsms", Failure.NOT_ALLOWED),
    (404, "Not found: no such service", Failure.NOT_ALLOWED),
    (429, "Too many requests", Failure.BUSY),
    (503, "Temporal failure, try again later", Failure.UNAVAILABLE),
]
"""The statuses of the guide's table of answers, and 429 of a proxy before it."""

SMTP_DETAILS: list[tuple[str, str, Expected]] = [
    ("1.1", "Bad destination mailbox address", SuppressionReason.BOUNCE),
    ("1.2", "Bad destination system address", SuppressionReason.BOUNCE),
    ("1.3", "Bad destination mailbox address syntax", SuppressionReason.BOUNCE),
    ("1.6", "Destination mailbox has moved", SuppressionReason.BOUNCE),
    ("1.7", "Bad sender's mailbox address syntax", Failure.SENDER),
    ("1.8", "Bad sender's system address", Failure.SENDER),
    ("1.10", "Recipient address has null MX", SuppressionReason.BOUNCE),
    ("2.1", "Mailbox disabled, not accepting messages", SuppressionReason.BOUNCE),
    ("2.2", "Mailbox full", PASSES),
    ("3.1", "Mail system full", PASSES),
    ("3.2", "System not accepting network messages", PASSES),
    ("4.1", "No answer from host", PASSES),
    ("4.2", "Bad connection", PASSES),
    ("4.3", "Directory server failure", PASSES),
    ("4.4", "Unable to route", PASSES),
    ("4.5", "Mail system congestion", PASSES),
    ("4.7", "Delivery time expired", PASSES),
    ("7.8", "Authentication credentials invalid", Failure.NOT_ALLOWED),
    ("7.9", "Authentication mechanism is too weak", Failure.NOT_ALLOWED),
    ("7.20", "No passing DKIM signature found", Failure.SENDER),
    ("7.23", "SPF validation failed", Failure.SENDER),
    ("7.25", "Reverse DNS validation failed", Failure.SENDER),
    ("7.26", "Multiple authentication checks failed", Failure.SENDER),
    ("7.27", "Sender address has null MX", Failure.SENDER),
    ("7.515", "Outlook: the sending domain does not authenticate", Failure.SENDER),
]
"""https://www.iana.org/assignments/smtp-enhanced-status-codes, and one code of Outlook's."""


def outcome_of(code: str, kind: Expected) -> Outcome:
    """The outcome that a row of the tables above asks for."""
    match kind:
        case Failure():
            return RejectedForNow(code, failure=kind)
        case SuppressionReason():
            return RejectedForGood(code, kind)
        case "PASSES":
            return RejectedForNow(code)
        case _:
            return RejectedForGood(code)


def refused(code: int) -> bytes:
    return json.dumps({"code": code, "message": "no", "status": 400}).encode()


def test_a_created_message_is_accepted_under_its_sid() -> None:
    assert twilio.read(201, b'{"sid": "SM1", "status": "queued"}', {}) == Accepted("SM1")


def test_a_created_message_without_a_readable_sid_is_unknown() -> None:
    assert twilio.read(201, b"<html>", {}) == Unknown("ANSWER_NOT_UNDERSTOOD")


@pytest.mark.parametrize(("code", "_title", "kind"), TWILIO_CODES)
def test_a_code_of_twilio_means_what_its_documentation_says(
    code: int, _title: str, kind: Expected
) -> None:
    assert twilio.read(400, refused(code), {}) == outcome_of(f"TWILIO_{code}", kind)


def test_every_code_of_twilio_that_we_know_is_documented_here() -> None:
    assert {*twilio.FOR_GOOD, *twilio.FOR_NOW} == {code for code, _, _ in TWILIO_CODES}


def test_a_number_that_opted_out_with_the_provider_is_suppressed_as_that() -> None:
    outcome = twilio.read(400, refused(21610), {})

    assert outcome == RejectedForGood("TWILIO_21610", SuppressionReason.OPT_OUT)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (429, RejectedForNow("HTTP_429", failure=Failure.BUSY)),
        (503, RejectedForNow("HTTP_503", failure=Failure.UNAVAILABLE)),
        (500, Unknown("HTTP_500")),
        (502, Unknown("HTTP_502")),
        (504, Unknown("HTTP_504")),
        (401, RejectedForNow("HTTP_401", failure=Failure.NOT_ALLOWED)),
        (404, RejectedForNow("HTTP_404", failure=Failure.NOT_ALLOWED)),
        (302, RejectedForNow("HTTP_302", failure=Failure.NOT_ALLOWED)),
        (400, RejectedForGood("HTTP_400")),
    ],
)
def test_a_status_decides_where_no_code_does(status: int, outcome: Outcome) -> None:
    assert twilio.read(status, b"", {}) == outcome


def test_a_code_nobody_knows_is_for_good_with_a_client_error() -> None:
    assert twilio.read(400, refused(29999), {}) == RejectedForGood("TWILIO_29999")


def test_retry_after_in_seconds_is_read() -> None:
    assert seconds_to_wait({"Retry-After": "30"}) == 30


def test_retry_after_as_a_date_is_read_against_the_answers_own_date() -> None:
    headers = {
        "Retry-After": format_datetime(LONG_AGO.replace(second=45), usegmt=True),
        "Date": format_datetime(LONG_AGO, usegmt=True),
    }

    assert seconds_to_wait(headers) == 45


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "Thu, 32 Foo 2027"])
def test_a_garbled_retry_after_is_none(text: str) -> None:
    assert seconds_to_wait({"Retry-After": text}) is None


def test_kannel_that_takes_a_text_names_no_reference() -> None:
    assert kannel.read(202, b"0: Accepted for delivery", {}) == Accepted(None)


def test_kannel_that_queues_a_text_has_taken_it() -> None:
    assert kannel.read(202, b"3: Queued for later delivery", {}) == Accepted(None)


@pytest.mark.parametrize(("body", "code", "kind"), KANNEL_REFUSALS)
def test_a_text_that_smsbox_refuses_is_never_tried_again(
    body: bytes, code: str, kind: SuppressionReason | None
) -> None:
    assert kannel.read(400, body, {}) == RejectedForGood(f"KANNEL_{code}", kind)


def test_every_refusal_of_smsbox_that_we_know_is_quoted_here() -> None:
    beginnings = [words for words, _, _ in kannel.FOR_GOOD]

    assert [words for words in beginnings if not _is_quoted(words)] == []


def _is_quoted(words: bytes) -> bool:
    return any(body.startswith(words) for body, _, _ in KANNEL_REFUSALS)


@pytest.mark.parametrize(("status", "_title", "failure"), KANNEL_STATUSES)
def test_a_status_of_kannels_that_passes_is_tried_again(
    status: int, _title: str, failure: Failure
) -> None:
    assert kannel.read(status, b"", {}) == RejectedForNow(f"HTTP_{status}", failure=failure)


def test_every_status_of_kannels_that_we_know_is_documented_here() -> None:
    assert set(http.FAILURES) == {status for status, _, _ in KANNEL_STATUSES}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, RejectedForGood("HTTP_400")),
        (302, RejectedForNow("HTTP_302", failure=Failure.NOT_ALLOWED)),
        (200, Unknown("HTTP_200")),
        (502, Unknown("HTTP_502")),
    ],
)
def test_another_answer_than_kannels_is_read_by_its_status(status: int, outcome: Outcome) -> None:
    assert kannel.read(status, b"<html>", {}) == outcome


def refusal(code: int, text: str, stage: Stage = Stage.RECIPIENT) -> Outcome:
    return smtp.refusal(stage, code, text)


@pytest.mark.parametrize("code", [450, 451, 452])
def test_a_4xx_is_for_now(code: int) -> None:
    assert refusal(code, "later") == RejectedForNow(f"SMTP_{code}")


@pytest.mark.parametrize("stage", Stage)
def test_a_server_that_shuts_down_is_unavailable(stage: Stage) -> None:
    assert refusal(421, "bye", stage) == RejectedForNow("SMTP_421", failure=Failure.UNAVAILABLE)


@pytest.mark.parametrize("code", [550, 551, 553, 554])
def test_a_5xx_is_for_good(code: int) -> None:
    assert refusal(code, "no") == RejectedForGood(f"SMTP_{code}")


@pytest.mark.parametrize(("detail", "_title", "kind"), SMTP_DETAILS)
def test_an_enhanced_code_means_what_the_registry_says(
    detail: str, _title: str, kind: Expected
) -> None:
    outcome = refusal(550, f"5.{detail} some words", Stage.CONTENT)

    assert outcome == outcome_of(f"SMTP_550_5.{detail}", kind)


def test_every_enhanced_code_that_we_know_is_documented_here() -> None:
    known_here = {detail for detail, _, _ in SMTP_DETAILS}

    assert known_here == smtp.BAD_ADDRESS | smtp.SOFT | smtp.LOGIN | smtp.SENDER


def test_over_quota_is_for_now() -> None:
    assert refusal(552, "over quota") == RejectedForNow("SMTP_552")


@pytest.mark.parametrize("stage", [Stage.CONNECTION, Stage.LOGIN])
def test_what_is_refused_before_the_mail_is_our_accounts(stage: Stage) -> None:
    outcome = refusal(550, "5.1.1 who are you", stage)

    assert outcome == RejectedForNow("SMTP_550_5.1.1", failure=Failure.NOT_ALLOWED)


@pytest.mark.parametrize("text", ["5.1.8 no such domain", "5.7.1 not from here", "no"])
def test_a_refused_sender_speaks_for_no_other_sender(text: str) -> None:
    outcome = refusal(553, text, Stage.SENDER)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.SENDER


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.CONTENT])
@pytest.mark.parametrize("text", ["4.7.0 greylisted", "4.2.1 mailbox busy", "4.1.1 try later"])
def test_a_server_that_closes_over_one_mail_works_for_others(stage: Stage, text: str) -> None:
    outcome = refusal(421, text, stage)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.REFUSED


@pytest.mark.parametrize(
    ("stage", "code", "text", "failure"),
    [
        (Stage.LOGIN, 454, "4.7.0 temporary authentication failure", Failure.UNAVAILABLE),
        (Stage.SENDER, 452, "4.3.1 insufficient system storage", Failure.UNAVAILABLE),
        (Stage.SENDER, 421, "4.7.0 too many connections", Failure.UNAVAILABLE),
        (Stage.SENDER, 451, "4.7.1 slow down", Failure.BUSY),
        (Stage.SENDER, 450, "4.1.8 your domain has no address", Failure.REFUSED),
        (Stage.RECIPIENT, 421, "4.3.2 shutting down", Failure.UNAVAILABLE),
    ],
)
def test_what_passes_counts_against_who_causes_it(
    stage: Stage, code: int, text: str, failure: Failure
) -> None:
    outcome = refusal(code, text, stage)

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is failure


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_login_that_is_wanted_or_wrong_is_ours(code: int) -> None:
    outcome = refusal(code, "log in")

    assert outcome == RejectedForNow(f"SMTP_{code}", failure=Failure.NOT_ALLOWED)


def test_a_policy_refusal_suppresses_nobody() -> None:
    assert refusal(550, "5.7.1 no thanks") == RejectedForGood("SMTP_550_5.7.1")


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 Blocked, your server is listed at zen.spamhaus.org",
        "5.1.1 Recipient address rejected: 192.0.2.7 is blacklisted",
        "5.2.1 The user is receiving mail at a rate that prevents additional messages",
        "5.1.1 Sender domain must resolve",
        "5.1.1 Greylisted, try again later",
        "5.2.1 Mailbox full",
    ],
)
@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.CONTENT])
def test_a_refusal_in_words_about_something_else_suppresses_nobody(stage: Stage, text: str) -> None:
    outcome = refusal(550, text, stage)

    assert outcome == RejectedForGood(f"SMTP_550_{text[:5]}")


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 User unknown",
        "5.1.1 <pat@example.org>: Recipient address rejected: User unknown in relay table",
        "5.2.1 The email account that you tried to reach is disabled",
        "5.1.1 nope",
        "5.1.10 RESOLVER.ADR.RecipientNotFound",
    ],
)
def test_a_missing_mailbox_is_suppressed(text: str) -> None:
    outcome = refusal(550, text)

    assert outcome == RejectedForGood(
        f"SMTP_550_{text.split(maxsplit=1)[0]}", SuppressionReason.BOUNCE
    )


def test_an_answer_no_rule_knows_is_unknown() -> None:
    assert refusal(354, "go on") == Unknown("SMTP_354")
