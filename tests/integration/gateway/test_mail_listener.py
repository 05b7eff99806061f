"""Mail over real sockets: what is taken, what is refused, and what nobody can use up."""

import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.chassis.signed_addresses import AddressSigner
from services.contracts.incoming import RecordReceipt, RecordUnreadMail
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.mail_reports import ReportedStatus
from services.gateway.intake.items import IntakePayload
from tests.support.gateway.intake import Kept
from tests.support.gateway.mail_listening import (
    DOMAIN,
    SECRET,
    SIGNER,
    USUAL,
    Client,
    Listening,
    listening,
    return_path,
)
from tests.support.processes.certificates import write_certificate

BOUNCE = b"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: x@bounces.clinic.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain

.Your mail could not be delivered.
..

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; pat@example.org
Action: failed
Status: 5.1.1

--=_b--
""".replace(b"\n", b"\r\n")
PLAIN = (
    b"From: Pat <pat@example.org>\r\nSubject: Hello\r\n\r\nYour mail came back, I do not know why."
)


def stuffed(content: bytes) -> bytes:
    return content.replace(b"\r\n.", b"\r\n..")


@pytest.fixture
def mail(kept: Kept) -> Iterator[Listening]:
    with listening(kept.keep) as running:
        yield running


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(mail: Listening) -> Iterator[Client]:
    with mail.connect() as connected:
        yield connected.greet()


def test_a_bounce_is_kept_for_the_mail_that_its_return_path_names(
    client: Client, kept: Kept
) -> None:
    assert client.send(stuffed(BOUNCE)).startswith("250 2.0.0")

    [receipt] = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert (receipt.provider, receipt.clinic_id, receipt.attempt_id) == ("smtp", 3, 77)
    assert receipt.state is ReceiptState.UNDELIVERED
    assert receipt.about_address is AddressFault.HARD_BOUNCE


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_servers_may_change_the_case_of_the_return_path(
    client: Client, kept: Kept, change: Callable[[str], str]
) -> None:
    assert client.send(stuffed(BOUNCE), to=change(return_path())).startswith("250")
    assert len(kept.payloads) == 1


@pytest.mark.parametrize(
    "address",
    [
        "care@clinic.example",
        "somebody@elsewhere.example",
        f"postmaster@{DOMAIN}",
        f"b+{'a' * 36}@{DOMAIN}",
        return_path().replace(DOMAIN, "evil.example"),
        return_path().replace(DOMAIN, f"{DOMAIN}.evil.example"),
        return_path().replace("b+", "r+"),
        SIGNER.sign("r", DOMAIN, 3, 77),
        AddressSigner("another secret", lifetime=timedelta(days=30)).sign("b", DOMAIN, 3, 77),
        AddressSigner(
            SECRET, lifetime=timedelta(days=30), now=lambda: time.time() - 40 * 86_400
        ).sign("b", DOMAIN, 3, 77),
        return_path() + "%elsewhere.example",
        f"@relay.example:{return_path()}x",
        '"quoted"@elsewhere.example',
    ],
)
def test_only_live_addresses_of_ours_take_mail(client: Client, kept: Kept, address: str) -> None:
    assert client.say("MAIL FROM:<>").startswith("250")
    assert client.say(f"RCPT TO:<{address}>")[:3] in ("550", "553")
    assert client.say("DATA").startswith("503")
    assert kept.payloads == []


def test_an_unknown_address_is_refused_with_its_code(client: Client) -> None:
    client.say("MAIL FROM:<>")

    assert client.say("RCPT TO:<care@clinic.example>").startswith("550 5.1.1")


@pytest.mark.parametrize(
    "sender",
    [
        "<>",
        " <>",
        "<MAILER-DAEMON@mx.example.net>",
        "<MAILER-DAEMON>",
        "<Mail Delivery System>",
        "<postmaster@[192.0.2.1]>",
        "<double..dot@x.example>",
        "<jösé@x.example>",
        "<a@b.example> SIZE=99",
        "<> BODY=8BITMIME",
    ],
)
def test_any_sender_may_report(client: Client, kept: Kept, sender: str) -> None:
    assert client.send(stuffed(BOUNCE), sender=sender).startswith("250")
    assert len(kept.payloads) == 1


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        b"",
        b"no mail at all",
        b"\xff\xfe\x00\x80" * 20,
        b"Subject: =?x-no?q?=FF=00?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xe9",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 2_000,
        b"From: a\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"\x00" * 500,
    ],
)
def test_what_cannot_be_read_is_kept_for_a_person(
    client: Client, kept: Kept, content: bytes
) -> None:
    assert client.send(content).startswith("250")

    [unread] = kept.payloads
    assert isinstance(unread, RecordUnreadMail)
    assert (unread.clinic_id, unread.attempt_id) == (3, 77)
    assert "\0" not in unread.text


def test_a_person_can_read_what_a_rule_cannot(client: Client, kept: Kept) -> None:
    client.send(PLAIN)

    [unread] = kept.payloads
    assert isinstance(unread, RecordUnreadMail)
    assert unread.their_address == "pat@example.org"
    assert unread.text == "Hello\n\nYour mail came back, I do not know why."


def test_a_mail_that_breaks_the_reader_is_kept(kept: Kept) -> None:
    def broken(_raw: bytes) -> ReportedStatus:
        raise RecursionError

    with listening(kept.keep, read=broken) as mail, mail.connect() as client:
        assert client.greet().send(stuffed(BOUNCE)).startswith("250")

    assert isinstance(kept.payloads[0], RecordUnreadMail)


def test_nothing_is_acknowledged_that_was_not_stored() -> None:
    attempts: list[int] = []

    def keep(_make: Callable[[datetime], IntakePayload]) -> None:
        attempts.append(1)
        raise OSError("the database is away")

    with listening(keep) as mail, mail.connect() as client:
        client.greet()
        assert client.send(stuffed(BOUNCE)).startswith("451 4.3.0")
        assert client.send(PLAIN).startswith("451 4.3.0")
        assert (mail.counters.mails_not_stored, mail.counters.mails_taken) == (2, 0)

    assert len(attempts) == 2


# ---------------------------------------------------------------- the protocol
def test_commands_may_come_all_at_once(client: Client, kept: Kept) -> None:
    path = return_path()
    client.write(
        f"MAIL FROM:<>\r\nRCPT TO:<no@x.example>\r\nRCPT TO:<{path}>\r\nDATA\r\n".encode()
        + stuffed(BOUNCE)
        + f".\r\nMAIL FROM:<>\r\nRCPT TO:<{path}>\r\nDATA\r\n".encode()
        + PLAIN
        + b"\r\n.\r\nQUIT\r\n"
    )

    codes = [client.reply()[:3] for _ in range(9)]
    assert codes == ["250", "550", "250", "354", "250", "250", "250", "354", "250"]
    assert [type(payload) for payload in kept.payloads] == [RecordReceipt, RecordUnreadMail]


def test_pipelining_and_the_size_are_announced(mail: Listening) -> None:
    with mail.connect() as client:
        client.reply()
        greeting = client.say("EHLO mx.example.org")

    assert "PIPELINING" in greeting
    assert "SIZE 100000" in greeting
    assert "AUTH" not in greeting


def test_stuffed_dots_are_taken_off(kept: Kept) -> None:
    contents: list[bytes] = []

    def read(raw: bytes) -> ReportedStatus:
        contents.append(raw)
        raise ValueError

    with listening(kept.keep, read=read) as mail, mail.connect() as client:
        client.greet().send(stuffed(b"Subject: dots\r\n\r\n.\r\n..\r\n.x"))

    assert contents == [b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n"]


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\n.\r", b"\r\n.\r", b"\x00.\r\n"],
)
def test_no_other_end_of_a_mail_smuggles_a_second_one(
    client: Client, kept: Kept, end: bytes
) -> None:
    smuggled = (
        b"MAIL FROM:<>\r\nRCPT TO:<" + return_path(4, 5).encode() + b">\r\nDATA\r\nSubject: b"
    )

    assert client.send(b"Subject: a\r\n\r\nx" + end + smuggled).startswith("250")
    assert client.say("NOOP").startswith("250")
    [payload] = kept.payloads
    assert isinstance(payload, RecordUnreadMail)
    assert payload.clinic_id == 3


def test_a_mail_over_the_limit_is_refused_and_the_next_one_is_taken(
    client: Client, kept: Kept
) -> None:
    large = b"Subject: x\r\n\r\n" + (b"x" * 900 + b"\r\n") * 200

    assert client.send(large).startswith("552")
    assert client.send(stuffed(BOUNCE)).startswith("250")
    assert len(kept.payloads) == 1


def test_a_mail_that_announces_its_size_is_refused_at_once(client: Client) -> None:
    assert client.say("MAIL FROM:<> SIZE=100001").startswith("552")


def test_a_long_line_harms_nobody(client: Client, kept: Kept) -> None:
    assert client.send(b"Subject: x\r\n\r\n" + b"x" * 30_000).startswith("250")
    assert client.say("X" * 90_000).startswith("500")
    assert client.say("NOOP").startswith("250")
    assert len(kept.payloads) == 1


def test_a_mail_that_is_cut_off_leaves_nothing(mail: Listening, kept: Kept) -> None:
    with mail.connect() as client:
        client.greet()
        for command in ("MAIL FROM:<>", f"RCPT TO:<{return_path()}>", "DATA"):
            client.say(command)
        client.write(BOUNCE)

    with mail.connect() as other:
        assert other.greet().say("NOOP").startswith("250")
    assert kept.payloads == []


@pytest.mark.parametrize(
    "command", ["VRFY care@clinic.example", "EXPN staff", "AUTH PLAIN AGEAYg=="]
)
def test_nothing_is_told_of_other_addresses(client: Client, command: str) -> None:
    assert client.say(command)[:3] in ("252", "500", "502", "503", "504", "538")


# ---------------------------------------------------------------- TLS
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "mx.pem")


@pytest.fixture
def secure(kept: Kept, certificate: Path) -> Iterator[Listening]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with listening(kept.keep, tls=tls) as running:
        yield running


def test_mail_comes_over_tls(secure: Listening, kept: Kept, certificate: Path) -> None:
    tls = ssl.create_default_context(cafile=certificate)
    with smtplib.SMTP("localhost", secure.port, timeout=10) as client:
        client.starttls(context=tls)
        client.sendmail("", [return_path()], BOUNCE)

    assert len(kept.payloads) == 1


def test_commands_before_tls_are_forgotten(
    secure: Listening, kept: Kept, certificate: Path
) -> None:
    with secure.connect() as client:
        client.greet()
        client.write(f"STARTTLS\r\nMAIL FROM:<>\r\nRCPT TO:<{return_path()}>\r\n".encode())
        assert client.reply().startswith("220")
        client.secure(ssl.create_default_context(cafile=certificate))
        assert client.say("DATA").startswith("503")

    assert kept.payloads == []


def test_without_a_certificate_tls_is_not_offered(client: Client) -> None:
    assert "STARTTLS" not in client.say("EHLO again")
    assert client.say("STARTTLS")[:3] in ("454", "500", "502")


# ---------------------------------------------------------------- limits
def test_fifty_connections_are_served_at_once(mail: Listening, kept: Kept) -> None:
    clients = [mail.connect() for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        replies = list(
            pool.map(
                lambda numbered: numbered[1].greet().send(PLAIN, to=return_path(3, numbered[0])),
                enumerate(clients),
            )
        )
    for client in clients:
        client.close()

    assert {reply[:3] for reply in replies} == {"250"}
    assert len(kept.payloads) == 50
    assert mail.counters.connections == 50


@pytest.mark.parametrize("limit", ["connections", "connections_per_client"])
def test_a_connection_too_many_is_refused_until_another_ends(kept: Kept, limit: str) -> None:
    limits = msgspec.structs.replace(USUAL, **{limit: 2})
    with listening(kept.keep, limits) as mail:
        first, second, third = mail.connect(), mail.connect(), mail.connect()
        assert (first.reply()[:3], second.reply()[:3]) == ("220", "220")
        assert (third.reply()[:9], third.reply()) == ("421 4.7.0", "")
        first.close()
        deadline = time.monotonic() + 5
        while mail.listener.open.total > 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        with mail.connect() as fourth:
            assert fourth.reply().startswith("220")
        second.close()
        third.close()
        assert mail.counters.connections_refused == 1


@pytest.mark.parametrize(
    "opening", ["", "MAIL FR", f"MAIL FROM:<>\r\nRCPT TO:<{return_path()}>\r\nDATA\r\nx"]
)
def test_a_silent_client_is_hung_up_on(kept: Kept, opening: str) -> None:
    limits = msgspec.structs.replace(USUAL, idle_seconds=0.4)
    with listening(kept.keep, limits) as mail, mail.connect() as client:
        client.greet().write(opening.encode())
        began = time.monotonic()
        while client.reply():
            pass
        assert time.monotonic() - began < 5

    assert kept.payloads == []


def is_hung_up_on(client: Client) -> bool:
    """Writes a byte, twenty times a second."""
    time.sleep(0.05)
    try:
        client.write(b"x")
    except OSError:
        return True
    return False


@pytest.mark.parametrize("opening", ["", f"MAIL FROM:<>\r\nRCPT TO:<{return_path()}>\r\nDATA\r\n"])
def test_a_client_that_drips_bytes_is_hung_up_on(kept: Kept, opening: str) -> None:
    limits = msgspec.structs.replace(USUAL, idle_seconds=0.5)
    with listening(kept.keep, limits) as mail, mail.connect() as client:
        client.greet().write(opening.encode())
        began = time.monotonic()
        assert any(is_hung_up_on(client) for _ in range(160))
        assert time.monotonic() - began < 5


def test_a_client_that_only_keeps_the_line_busy_is_hung_up_on(mail: Listening) -> None:
    with mail.connect() as client:
        client.greet()
        replies = [client.say("NOOP")[:3] for _ in range(21)]

    assert (replies[:20], replies[20]) == (["250"] * 20, "421")


def test_a_client_that_guesses_addresses_is_hung_up_on(mail: Listening) -> None:
    with mail.connect() as client:
        client.greet().say("MAIL FROM:<>")
        replies = [client.say(f"RCPT TO:<b+{n:032}@x.example>")[:3] for n in range(21)]

    assert (replies[:20], replies[20]) == (["550"] * 20, "421")
    assert mail.counters.addresses_refused == 21


def test_one_token_takes_so_many_mails_and_others_go_on(kept: Kept) -> None:
    limits = msgspec.structs.replace(USUAL, mails_per_token=2)
    with listening(kept.keep, limits) as mail, mail.connect() as client:
        client.greet()
        replies = [client.send(PLAIN, to=path)[:9] for path in [return_path()] * 2]
        assert client.send(PLAIN, to=return_path().upper()).startswith("450 4.2.1")
        client.say("RSET")
        assert client.send(PLAIN, to=return_path(3, 78)).startswith("250")

    assert replies == ["250 2.0.0"] * 2
    assert len(kept.payloads) == 3


def test_one_client_sends_so_many_mails_a_minute(kept: Kept) -> None:
    limits = msgspec.structs.replace(USUAL, mails_per_minute=3)
    with listening(kept.keep, limits) as mail, mail.connect() as client:
        client.greet()
        replies = [client.send(PLAIN)[:9] for _ in range(4)]

    assert replies == ["250 2.0.0"] * 3 + ["451 4.7.1"]


def test_a_mail_for_several_of_our_addresses_is_kept_for_each(client: Client, kept: Kept) -> None:
    client.say("MAIL FROM:<>")
    replies = [client.say(f"RCPT TO:<{return_path(3, n)}>")[:3] for n in (1, 2, 1, 3, 4, 5)]
    client.say("DATA")
    assert client.say(PLAIN + b"\r\n.\r\n").startswith("250")

    assert replies == ["250"] * 5 + ["452"]
    assert len(kept.payloads) == 4
