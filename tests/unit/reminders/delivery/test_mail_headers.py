"""Names and subjects in headers, read back by two parsers: they share nothing but the format."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32, default
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from services.reminders.channels.email.addressing import addressed
from services.reminders.channels.email.headers import mailbox_line, text_line
from services.reminders.channels.email.mail import compose
from services.reminders.core.mailboxes import Mailbox
from services.reminders.delivery.domain.outgoing import OutgoingMessage

ADDRESS = "care@clinic.example"
NAMES = [
    "Rowan Clinic",
    "Clínica Ruiz, S.L.",
    "Praxis Dr. med. Müller: Haut & Laser (Mitte)",
    'The "Best" Clinic',
    "Back\\slash; semi; colon: <angle> @home",
    "Clínica Dermatológica y Estética Internacional de Nuestra Señora, S.A., Unipersonal (Madrid)",
    "Clinic, " * 12 + "Ltd",
    "Word" * 40,
    "皮膚科クリニック、東京（本院）",  # noqa: RUF001 - its own parentheses
    "عيادة الجلدية، الرياض",
    "👩‍⚕️ Skin Clinic 🌿, London",
    "sales@rival.example, Clinic",
    "=?utf-8?q?fake?=",
    "Ruiz,",
    ",",
    "O'Brien & Søn's",
]
SHOWN = some.text(
    some.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf", "Cn")), min_size=1
).filter(lambda name: name == name.strip() and "  " not in name)


def mail_from(name: str, **changes: str) -> bytes:
    values = {
        "to": "pat@example.org",
        "sender": Mailbox(name, ADDRESS).written(),
        "subject": "A note",
        "text": "Keep it clean.",
        "message_id": f"<{'t' * 80}@clinic.example>",
    }
    message = OutgoingMessage(attempt_id=7, clinic_id=1, deadline_seconds=5, **values | changes)
    return compose(message, addressed(message))


def is_well_folded(raw: bytes) -> bool:
    head = raw.partition(b"\r\n\r\n")[0]
    return b"\n" not in head.replace(b"\r\n", b"") and max(map(len, head.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_back_with_one_address(name: str) -> None:
    raw = mail_from(name)
    sender = message_from_bytes(raw, policy=default)["From"].addresses

    assert [(who.display_name, who.addr_spec) for who in sender] == [(name, ADDRESS)]
    assert is_well_folded(raw)


@given(SHOWN)
@example("Clínica Ruiz, S.L.")
def test_another_parser_reads_the_same_name(name: str) -> None:
    sender = message_from_bytes(mailbox_line("From", name, ADDRESS), policy=default)["From"]
    assert [(who.display_name, who.addr_spec) for who in sender.addresses] == [(name, ADDRESS)]
    read: Message = message_from_bytes(mailbox_line("From", name, ADDRESS), policy=compat32)
    [(shown, address)] = getaddresses([read["From"].replace("\r\n", "")])

    assert (str(make_header(decode_header(shown))), address) == (name, ADDRESS)


@given(SHOWN)
def test_a_subject_is_read_back_the_same(subject: str) -> None:
    read = message_from_bytes(text_line("Subject", subject), policy=compat32)

    assert str(make_header(decode_header(read["Subject"].replace("\r\n", "")))) == subject


def test_a_long_message_id_is_not_encoded() -> None:
    assert b"Message-ID: <" + b"t" * 80 + b"@clinic.example>\r\n" in mail_from("Rowan Clinic")


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("Müller <post@müller.example>", b"<post@xn--mller-kva.example>"),
        ("post@xn--mller-kva.example", b"post@xn--mller-kva.example"),
        ("Hôpital, Genève <soins@hôpital.example>", b"<soins@xn--hpital-ixa.example>"),
    ],
)
def test_a_domain_beyond_ascii_stands_in_punycode(sender: str, expected: bytes) -> None:
    raw = mail_from("", sender=sender)

    assert expected in raw
    assert raw.isascii()
