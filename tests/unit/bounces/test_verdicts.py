"""What a server's answer says: whose fault, and whether for good."""

import pytest

from services.bounces.codes import code_in
from services.bounces.readings import MailKind
from services.bounces.verdicts import judge_answer

HARD = MailKind.HARD_BOUNCE
SOFT = MailKind.SOFT_BOUNCE
BLOCKED = MailKind.BLOCKED


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 your IP is blacklisted",
        "550 5.1.1 <pat@example.org> rejected: listed, see https://www.spamhaus.org/sbl",
        "550 5.1.1 User unknown. SPF check failed for your domain",
        "550 5.2.1 is receiving mail at a rate that prevents additional messages",
        "550 5.2.1 too many messages from your server",
        "550 5.1.2 reverse DNS lookup failed",
        "550 5.1.8 Domain of sender address care@clinic.example does not exist",
        "550 5.4.4 this message was throttled",
        "550 user unknown (in reply to MAIL FROM command)",
        "554 5.7.1 Relay access denied",
        "550 5.7.26 fails DMARC",
        "552 5.3.4 message too large",
        "451 4.7.1 Greylisted, try again",
        "550 5.1.1 on our suppression list",
    ],
)
def test_what_is_about_us_is_nobodys_address_whatever_the_code(answer: str) -> None:
    assert judge_answer(answer).kind is BLOCKED


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("550 5.1.1 <pat@example.org>: Recipient address rejected: User unknown", ""),
        ("550 pat@example.org...User unknown", "5.0.0"),
        ("550 5.7.1 No such user!", ""),
        ("smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", ""),
        ("550 5.1.0 Address rejected", ""),
        ("5.1.0 - Unknown address error 550-'5.1.1 no such mailbox'", "5.1.0"),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", ""),
        ("550 5.2.1 The email account that you tried to reach is disabled", ""),
        ("550 5.2.1 This mailbox has been blocked due to inactivity", ""),
        ("550 5.1.6 recipient no longer on server", ""),
        ("", "5.1.1"),
        ("", "5.1.10 (null MX)"),
        ("Host or domain name not found. type=MX: Host not found", "5.4.4"),
        ("550 Dieser Empfänger existiert nicht", ""),
        ("550 5.1.1 该用户不存在", ""),
        ("550 Пользователь не найден", ""),
    ],
)
def test_a_missing_mailbox_is_one_in_many_words(answer: str, status: str) -> None:
    assert judge_answer(answer, status).kind is HARD


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("552 5.2.2 Mailbox full", ""),
        ("5.1.0 - Unknown address error 552-'5.2.2 mailbox full'", "5.1.0"),
        ("550 5.1.1 user is over quota", ""),
        ("450 4.1.1 <pat@example.org>: user unknown", ""),
        ("421 5.1.1 no such user", ""),
        ("550 4.4.7 QUEUE.Expired; message expired", ""),
        ("", "4.4.7"),
        ("", "5.0.0"),
        ("550 5.4.1 no answer from host", ""),
        ("550 5.1.0 Unknown error", ""),
        ("Host not found, try again", "5.4.4"),
        ("lookup timed out", "5.1.2"),
        ("", "5.4.4"),
        ("550 5.2.1 some words that nobody knows", ""),
    ],
)
def test_what_may_pass_or_is_not_explained_ends_nothing(answer: str, status: str) -> None:
    assert judge_answer(answer, status).kind is SOFT


@pytest.mark.parametrize("inner", ["554 5.7.1 rejected due to content", "550 5.7.509 no"])
def test_what_exchange_online_puts_in_front_says_nothing(inner: str) -> None:
    answer = f"smtp;550 5.0.350 Remote server returned an error -> {inner}"

    assert judge_answer(answer, "5.0.350").kind is BLOCKED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("550-5.1.1 one 550 5.1.1 two", "5.1.1"),
        ("5.1.0 - error 550-'5.2.2 full'", "5.2.2"),
        ("550 no", "550"),
        ("host 192.0.2.5 at 5.1.1.7 said no", None),
        ("message of 550 bytes", None),
    ],
)
def test_the_inner_code_counts(answer: str, code: str | None) -> None:
    assert code_in(answer).text == code


def test_an_unknown_user_after_the_data_may_be_a_refusal_of_the_mail() -> None:
    after_data = "host said: 550 Unknown user pat@example.org (in reply to end of DATA command)"
    at_once = "host said: 550 Unknown user pat@example.org (in reply to RCPT TO command)"

    assert (judge_answer(after_data).kind, judge_answer(at_once).kind) == (BLOCKED, HARD)
