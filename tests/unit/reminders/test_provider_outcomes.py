import json
from email.utils import format_datetime

import pytest

from services.contracts.words import SuppressionReason
from services.reminders.channels.email.smtp import outcomes as smtp
from services.reminders.channels.retry_after import seconds_to_wait
from services.reminders.channels.sms.twilio import outcomes as twilio
from services.reminders.domain.outgoing import (
    Accepted,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.due_messages import LONG_AGO


def refused(code: int) -> bytes:
    return json.dumps({"code": code, "message": "no", "status": 400}).encode()


def test_a_created_message_is_accepted_under_its_sid() -> None:
    assert twilio.read(201, b'{"sid": "SM1", "status": "queued"}', {}) == Accepted("SM1")


def test_a_created_message_without_a_readable_sid_is_unknown() -> None:
    assert twilio.read(201, b"<html>", {}) == Unknown("ANSWER_NOT_UNDERSTOOD")


@pytest.mark.parametrize("code", twilio.FOR_GOOD)
def test_codes_for_good_are_never_tried_again(code: int) -> None:
    outcome = twilio.read(400, refused(code), {})

    assert outcome == RejectedForGood(f"TWILIO_{code}", twilio.FOR_GOOD[code])


@pytest.mark.parametrize("code", twilio.FOR_NOW)
def test_codes_for_now_are_tried_again(code: int) -> None:
    assert twilio.read(400, refused(code), {}) == RejectedForNow(f"TWILIO_{code}")


def test_a_number_that_opted_out_with_the_carrier_is_suppressed_as_that() -> None:
    outcome = twilio.read(400, refused(21610), {})

    assert outcome == RejectedForGood("TWILIO_21610", SuppressionReason.OPT_OUT)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (429, RejectedForNow("HTTP_429")),
        (503, RejectedForNow("HTTP_503")),
        (500, Unknown("HTTP_500")),
        (502, Unknown("HTTP_502")),
        (504, Unknown("HTTP_504")),
        (401, RejectedForNow("HTTP_401")),
        (404, RejectedForNow("HTTP_404")),
        (302, RejectedForNow("HTTP_302")),
        (400, RejectedForGood("HTTP_400")),
    ],
)
def test_a_status_decides_where_no_code_does(status: int, outcome: Outcome) -> None:
    assert twilio.read(status, b"", {}) == outcome


def test_a_code_nobody_knows_is_for_good_with_a_client_error() -> None:
    assert twilio.read(400, refused(29999), {}) == RejectedForGood("TWILIO_29999")


def test_retry_after_in_seconds_is_read() -> None:
    assert twilio.read(429, b"", {"Retry-After": "30"}) == RejectedForNow("HTTP_429", 30)


def test_retry_after_as_a_date_is_read_against_the_answers_own_date() -> None:
    headers = {
        "Retry-After": format_datetime(LONG_AGO.replace(second=45), usegmt=True),
        "Date": format_datetime(LONG_AGO, usegmt=True),
    }

    assert seconds_to_wait(headers) == 45


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "Thu, 32 Foo 2027"])
def test_a_garbled_retry_after_is_none(text: str) -> None:
    assert seconds_to_wait({"Retry-After": text}) is None


@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_4xx_is_for_now(code: int) -> None:
    assert smtp.refusal(code, "later") == RejectedForNow(f"SMTP_{code}")


@pytest.mark.parametrize("code", [550, 551, 553, 554])
def test_a_5xx_is_for_good(code: int) -> None:
    assert smtp.refusal(code, "no") == RejectedForGood(f"SMTP_{code}")


def test_an_unknown_mailbox_is_a_bounce() -> None:
    outcome = smtp.refusal(550, "5.1.1 no such user here")

    assert outcome == RejectedForGood("SMTP_550_5.1.1", SuppressionReason.BOUNCE)


@pytest.mark.parametrize("text", ["5.2.2 mailbox full", "5.3.1 system full"])
def test_a_full_mailbox_is_for_now_whatever_the_first_digit(text: str) -> None:
    assert isinstance(smtp.refusal(550, text), RejectedForNow)


def test_over_quota_is_for_now() -> None:
    assert isinstance(smtp.refusal(552, "over quota"), RejectedForNow)


def test_a_policy_refusal_suppresses_nobody() -> None:
    assert smtp.refusal(550, "5.7.26 not authenticated") == RejectedForGood("SMTP_550_5.7.26")


def test_an_answer_no_rule_knows_is_unknown() -> None:
    assert smtp.refusal(354, "go on") == Unknown("SMTP_354")
