import json
from email.utils import format_datetime

import pytest

from services.contracts.words import SuppressionReason
from services.reminders.channels.email.smtp import outcomes as smtp
from services.reminders.channels.email.smtp.outcomes import Stage
from services.reminders.channels.retry_after import seconds_to_wait
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
    outcome = twilio.read(400, refused(code), {})

    assert outcome == RejectedForNow(f"TWILIO_{code}", failure=twilio.FOR_NOW[code])


def test_a_number_that_opted_out_with_the_carrier_is_suppressed_as_that() -> None:
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


@pytest.mark.parametrize(("words", "code", "reason"), kannel.FOR_GOOD)
def test_kannels_refusals_for_good_are_never_tried_again(
    words: bytes, code: str, reason: SuppressionReason | None
) -> None:
    outcome = kannel.read(400, words + b" and more", {})

    assert outcome == RejectedForGood(f"KANNEL_{code}", reason)


@pytest.mark.parametrize("status", kannel.FOR_NOW)
def test_kannels_refusals_for_now_are_tried_again(status: int) -> None:
    outcome = kannel.read(status, b"", {})

    assert outcome == RejectedForNow(f"HTTP_{status}", failure=kannel.FOR_NOW[status])


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


@pytest.mark.parametrize("detail", sorted(smtp.BAD_ADDRESS))
def test_a_mailbox_that_is_not_there_is_a_bounce(detail: str) -> None:
    outcome = refusal(550, f"5.{detail} no such user here")

    assert outcome == RejectedForGood(f"SMTP_550_5.{detail}", SuppressionReason.BOUNCE)


@pytest.mark.parametrize("detail", sorted(smtp.SOFT))
def test_what_passes_is_for_now_whatever_the_first_digit(detail: str) -> None:
    assert refusal(550, f"5.{detail} full") == RejectedForNow(f"SMTP_550_5.{detail}")


def test_over_quota_is_for_now() -> None:
    assert refusal(552, "over quota") == RejectedForNow("SMTP_552")


@pytest.mark.parametrize("detail", sorted(smtp.OURS))
def test_what_is_wrong_with_our_own_domain_waits_for_an_operator(detail: str) -> None:
    outcome = refusal(550, f"5.{detail} not authenticated", Stage.CONTENT)

    assert outcome == RejectedForNow(f"SMTP_550_5.{detail}", failure=Failure.NOT_ALLOWED)


@pytest.mark.parametrize("stage", [Stage.CONNECTION, Stage.LOGIN, Stage.SENDER])
def test_what_is_refused_before_the_patient_is_named_is_ours(stage: Stage) -> None:
    outcome = refusal(550, "5.1.1 who are you", stage)

    assert outcome == RejectedForNow("SMTP_550_5.1.1", failure=Failure.NOT_ALLOWED)


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_login_that_is_wanted_or_wrong_is_ours(code: int) -> None:
    outcome = refusal(code, "log in")

    assert outcome == RejectedForNow(f"SMTP_{code}", failure=Failure.NOT_ALLOWED)


def test_a_policy_refusal_suppresses_nobody() -> None:
    assert refusal(550, "5.7.1 no thanks") == RejectedForGood("SMTP_550_5.7.1")


def test_an_answer_no_rule_knows_is_unknown() -> None:
    assert refusal(354, "go on") == Unknown("SMTP_354")
