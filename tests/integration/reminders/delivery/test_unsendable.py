"""Messages that cannot be sent: each is laid to who caused it, on every provider."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.contracts.words import SuppressionReason
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from services.reminders.delivery.domain.retry import TABLE
from tests.support.processes.smtp_server import SmtpServer
from tests.support.reminders.provider_rigs import KannelRig, Rig, SmtpRig, TwilioRig

SURROGATE = "\ud83d"


def mail(**changes: Any) -> OutgoingMessage:
    return SmtpRig().message(**changes)


def send(rig: Rig, *messages: OutgoingMessage) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with rig.running():
            provider = rig.open()
            try:
                return [await provider.send(message, lambda: None) for message in messages]
            finally:
                await provider.close()

    return asyncio.run(run())


def is_the_providers_fault(outcome: Outcome) -> bool:
    return isinstance(outcome, RejectedForNow) and TABLE[outcome.failure].is_providers_fault


NO_ADDRESS = RejectedForGood(Reason.ADDRESS_NOT_SENDABLE, SuppressionReason.INVALID)
NO_TEXT = RejectedForGood(Reason.TEXT_NOT_SENDABLE)
NO_SENDER = RejectedForNow(Reason.SENDER_NOT_SENDABLE, failure=Failure.SENDER)

MAIL_FAULTS: list[tuple[dict[str, str], Outcome]] = [
    ({"to": "pat@exa mple.org"}, NO_ADDRESS),
    ({"to": "pat@example.org\r\nRCPT TO:<sam@example.org>"}, NO_ADDRESS),
    ({"to": "pat"}, NO_ADDRESS),
    ({"to": ""}, NO_ADDRESS),
    ({"to": "pat@" + "x" * 64 + ".example"}, NO_ADDRESS),
    ({"to": "p" * 250 + "@example.org"}, NO_ADDRESS),
    ({"to": "pat@ex\x00ample.org"}, NO_ADDRESS),
    ({"to": f"pat{SURROGATE}@example.org"}, NO_ADDRESS),
    ({"to": "pat@☃\u200d.example"}, NO_ADDRESS),
    ({"to": "pat@example.org, sam@example.org"}, NO_ADDRESS),
    ({"subject": "A\r\nBcc: x@y.example"}, RejectedForGood(Reason.HEADER_REFUSED)),
    ({"subject": f"A {SURROGATE}"}, RejectedForGood(Reason.HEADER_REFUSED)),
    ({"text": f"A {SURROGATE}"}, NO_TEXT),
    ({"html": f"<p>{SURROGATE}</p>"}, NO_TEXT),
    ({"sender": "care"}, NO_SENDER),
    ({"sender": "Clinic <care@clinic example>"}, NO_SENDER),
]
TEXT_FAULTS: list[tuple[dict[str, str], Outcome]] = [
    ({"to": ""}, NO_ADDRESS),
    ({"to": "+1202\r\nX-Kannel-From: 1"}, NO_ADDRESS),
    ({"to": "+12025550123\x00"}, NO_ADDRESS),
    ({"to": f"+1202555012{SURROGATE}"}, NO_ADDRESS),
    ({"text": f"A {SURROGATE}"}, NO_TEXT),
    ({"sender": "Clinic\nX"}, NO_SENDER),
    ({"sender": ""}, NO_SENDER),
]


@pytest.mark.parametrize(("changes", "outcome"), MAIL_FAULTS)
def test_a_mail_that_cannot_be_written_ends_alone(
    changes: dict[str, Any], outcome: Outcome
) -> None:
    rig = SmtpRig()

    assert send(rig, mail(**changes), mail()) == [outcome, Accepted("Q123")]
    assert len(rig.received()) == 1


@pytest.mark.parametrize("rig", [TwilioRig(), KannelRig()], ids=["twilio", "kannel"])
@pytest.mark.parametrize(("changes", "outcome"), TEXT_FAULTS)
def test_a_text_that_cannot_be_written_ends_alone(
    rig: Rig, changes: dict[str, Any], outcome: Outcome
) -> None:
    bad, good = send(rig, rig.message(**changes), rig.message())

    assert bad == outcome
    assert isinstance(good, Accepted)


class Recorder:
    """The envelopes of a mail server that others wrote."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as Q7"


def send_to_a_real_server(
    *messages: OutgoingMessage, offers_utf8: bool
) -> tuple[list[Outcome], Sequence[Envelope]]:
    recorder = Recorder()

    async def run() -> list[Outcome]:
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(recorder, hostname="localhost", enable_SMTPUTF8=offers_utf8),
            "127.0.0.1",
            0,
        )
        async with server:
            client = Smtp(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            outcomes = [await client.send(message, lambda: None) for message in messages]
            await client.close()
        return outcomes

    return asyncio.run(run()), recorder.envelopes


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("v1@bücher.example", "v1@xn--bcher-kva.example"),
        ("v1@xn--bcher-kva.example", "v1@xn--bcher-kva.example"),
        ("v1@XN--BCHER-KVA.example", "v1@xn--bcher-kva.example"),
        ("ana@correo.españa", "ana@correo.xn--espaa-rta"),
        ("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("x@straße.example", "x@xn--strae-oqa.example"),
    ],
)
@pytest.mark.parametrize("offers_utf8", [True, False])
def test_a_domain_beyond_ascii_goes_out_as_punycode(
    typed: str, sent: str, *, offers_utf8: bool
) -> None:
    outcomes, [envelope] = send_to_a_real_server(mail(to=typed), offers_utf8=offers_utf8)

    assert outcomes == [Accepted("Q7")]
    assert (envelope.rcpt_tos, envelope.mail_options) == ([sent], [])
    assert f"To: {sent}\r\n".encode() in (envelope.original_content or b"")


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "用户@例え.テスト", "ñandú@bücher.example"]
)
def test_a_name_beyond_ascii_goes_where_the_server_takes_it(address: str) -> None:
    outcomes, envelopes = send_to_a_real_server(mail(to=address), mail(), offers_utf8=True)

    assert outcomes == [Accepted("Q7"), Accepted("Q7")]
    assert [envelope.smtp_utf8 for envelope in envelopes] == [True, False]
    assert envelopes[0].rcpt_tos[0].partition("@")[0] == address.partition("@")[0]


def test_a_name_beyond_ascii_ends_only_its_own_mail_elsewhere() -> None:
    outcomes, _ = send_to_a_real_server(mail(to="jörg@example.org"), mail(), offers_utf8=False)

    assert outcomes == [RejectedForGood(Reason.ADDRESS_NEEDS_SMTPUTF8), Accepted("Q7")]


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 no", "553 no", "451 4.7.1 greylisted", "421 4.7.0 x"]
)
@pytest.mark.parametrize("command", ["RCPT", "DATA", "END"])
def test_no_refusal_of_one_mail_is_the_servers_fault(command: str, answer: str) -> None:
    outcome = answered(**{command: answer})

    assert not is_the_providers_fault(outcome)


def test_a_refused_address_costs_no_connection() -> None:
    server = SmtpServer(RCPT="550 5.1.1 no")

    async def run() -> list[Outcome]:
        async with server.running():
            client = Smtp(f"smtp://127.0.0.1:{server.port}")
            outcomes = [await client.send(mail(), lambda: None) for _ in range(5)]
            await client.close()
        return outcomes

    assert len(asyncio.run(run())) == 5
    assert server.connections == 1


def test_a_server_that_hangs_up_on_one_address_works_for_others() -> None:
    outcome = answered(RCPT=None)

    assert outcome == RejectedForNow("CONNECTION_LOST")


def test_a_server_that_hangs_up_on_everybody_does_not_work() -> None:
    assert is_the_providers_fault(answered(EHLO=None, HELO=None))


def answered(**replies: str | None) -> Outcome:
    server = SmtpServer(**replies)

    async def run() -> Outcome:
        async with server.running():
            client = Smtp(f"smtp://127.0.0.1:{server.port}")
            try:
                return await client.send(mail(), lambda: None)
            finally:
                await client.close()

    return asyncio.run(run())
