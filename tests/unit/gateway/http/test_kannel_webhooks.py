from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.app import make_app
from services.gateway.http.webhooks import callbacks, kannel
from tests.support.gateway.intake import NOW, Kept

SECRET = "s" * 32
INBOUND = {
    "token": "inbound-token",
    "id": "0d3c",
    "from": "+12025550101",
    "to": "+12025550100",
    "charset": "UTF-8",
    "text": "STOP 🌿",
}
CALLED_WITH = ("token", "id", "from", "to")
SMPP = "id:7 sub:001 dlvrd:000 submit date:2603040500 stat:UNDELIV err:00B text:Your peel, Pat"


@pytest.fixture
def web(kept: Kept) -> FlaskClient:
    return make_app({}, [kannel.webhooks(SECRET, "inbound-token", kept.keep)]).test_client()


def token(clinic: int = 3, attempt: int = 77, purpose: str = REPORT_PURPOSE) -> str:
    return TokenSigner(SECRET, purpose=purpose, lifetime=REPORT_LIFETIME).sign(clinic, attempt)


def report(web: FlaskClient, **changes: str) -> int:
    query = {"clinic": "3", "attempt": "77", "token": token(), "status": "1", "answer": ""}
    return web.get(f"/webhooks/sms/kannel/status?{urlencode(query | changes)}").status_code


def inbound(web: FlaskClient, **changes: str | bytes) -> tuple[int, bytes]:
    response = web.get(f"/webhooks/sms/kannel/inbound?{urlencode({**INBOUND, **changes})}")
    return response.status_code, response.get_data()


def test_keeps_a_report(web: FlaskClient, kept: Kept) -> None:
    assert report(web, foreign="c751") == 204
    assert kept.payloads == [
        RecordReceipt(
            provider="kannel",
            clinic_id=3,
            attempt_id=77,
            provider_reference="c751",
            state=ReceiptState.DELIVERED,
            provider_state="1",
            received_at=NOW,
        )
    ]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (1, ReceiptState.DELIVERED),
        (2, ReceiptState.UNDELIVERED),
        (4, ReceiptState.ACCEPTED),
        (8, ReceiptState.ACCEPTED),
        (12, ReceiptState.ACCEPTED),
        (16, ReceiptState.UNDELIVERED),
        (34, ReceiptState.UNDELIVERED),  # expired: failed, and one bit more
        (66, ReceiptState.UNDELIVERED),  # unknown: likewise
        (0, ReceiptState.PENDING),
        (32, ReceiptState.PENDING),
    ],
)
def test_reads_the_bits_of_a_report(status: int, state: ReceiptState) -> None:
    assert kannel.state_of(status) is state


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("NACK/0x0000000b/Invalid Destination", "NACK_0x0000000b"),
        ("NACK/", "NACK"),
        (SMPP, "UNDELIV_00B"),
        ("stat:EXPIRED", "EXPIRED"),
        ("Your peel, Pat", None),
        ("", None),
    ],
)
def test_keeps_the_providers_code_and_none_of_its_text(answer: str, code: str | None) -> None:
    assert kannel.code_of(answer) == code


@pytest.mark.parametrize(
    ("status", "answer", "fault"),
    [
        (16, "NACK/0x0000000b/Invalid Dest Address", AddressFault.HARD_BOUNCE),
        (16, "NACK/11/Invalid Dest Address", AddressFault.HARD_BOUNCE),
        (2, "id:7 stat:EXPIRED err:000 text:", AddressFault.SOFT_BOUNCE),
        (34, "", AddressFault.SOFT_BOUNCE),
        (16, "NACK/0x0000000a/Invalid Source Address", None),  # ours, not theirs
        (16, "NACK/0x00000058/Throttling Error", None),
        (16, "NACK/0x00000400/a network's own", None),
        (16, "NACK/", None),
        (2, SMPP, None),  # UNDELIV does not tell the cause, and err: codes are not standardized
        (2, "stat:REJECTD err:011", None),
        (66, "", None),
        (2, "", None),
    ],
)
def test_reports_a_fault_of_the_number_only_if_it_is_certain(
    web: FlaskClient, kept: Kept, status: int, answer: str, fault: AddressFault | None
) -> None:
    report(web, status=str(status), answer=answer)

    [receipt] = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert receipt.about_address is fault


def test_a_text_that_arrived_says_nothing_against_its_number(web: FlaskClient, kept: Kept) -> None:
    report(web, status="1", answer="stat:EXPIRED")

    [receipt] = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert receipt.about_address is None


@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"token": "made-up"},
        {"token": token(attempt=78)},
        {"token": token(clinic=4)},
        {"token": token(purpose="unsubscribe")},
        {"attempt": "78"},
        {"clinic": "x"},
        {"token": "é"},
    ],
)
def test_a_report_without_its_own_token_leaves_no_trace(
    web: FlaskClient, kept: Kept, changes: dict[str, str]
) -> None:
    assert report(web, **changes) == 403
    assert kept.payloads == []


def test_a_report_replayed_when_its_token_is_too_old_leaves_no_trace(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "REPORT_LIFETIME", timedelta(seconds=-1))
    web = make_app({}, [kannel.webhooks(SECRET, "inbound-token", kept.keep)]).test_client()

    assert report(web) == 403
    assert kept.payloads == []


@pytest.mark.parametrize("status", ["", "%d", "-1", "256", "1.5"])
def test_a_report_without_a_status_is_refused(web: FlaskClient, kept: Kept, status: str) -> None:
    assert report(web, status=status) == 400
    assert kept.payloads == []


def test_keeps_a_text_and_answers_nothing(web: FlaskClient, kept: Kept) -> None:
    assert inbound(web) == (200, b"")  # a body would be texted back
    assert kept.payloads == [
        RecordInbound(
            provider="kannel",
            channel=Channel.SMS,
            our_address="+12025550100",
            their_address="+12025550101",
            text="STOP 🌿",
            provider_message_id="0d3c",
            received_at=NOW,
        )
    ]


TEXT = "Sí, niño: 5 € – “bien”"
CHARSETS = [
    ("UTF-8", TEXT.encode()),
    ("utf8", b"\xef\xbb\xbf" + TEXT.encode()),
    ("UTF-16BE", TEXT.encode("utf-16-be")),
    ("UTF-16LE", TEXT.encode("utf-16-le")),
    ("UTF-16", TEXT.encode("utf-16")),
    ("UTF-16", TEXT.encode("utf-16-be")),  # big-endian without a mark, RFC 2781
    ("UCS-2", TEXT.encode("utf-16-be")),
    ("WINDOWS-1252", TEXT.encode("cp1252")),
    ("cp1252", TEXT.encode("cp1252")),
    ('"windows-1252"', TEXT.encode("cp1252")),
    ("ISO-8859-1", TEXT.encode("cp1252")),  # as many call it
    ("US-ASCII", TEXT.encode("cp1252")),
    ("MacRoman", TEXT.encode("mac-roman")),
    ("KLINGON", TEXT.encode()),
    ("KLINGON", TEXT.encode("cp1252")),
    ("", TEXT.encode()),
    ("", TEXT.encode("cp1252")),
    ("UTF-8", TEXT.encode("cp1252")),  # named wrongly
    ("base64", TEXT.encode()),
    ("unicode_escape", TEXT.encode()),
    ("a\x00b", TEXT.encode()),
]


def inbound_text(kept: Kept) -> str:
    [payload] = kept.payloads
    assert isinstance(payload, RecordInbound)
    return payload.text


@pytest.mark.parametrize(("charset", "sent"), CHARSETS)
def test_decodes_a_text_in_the_providers_charset(
    web: FlaskClient, kept: Kept, charset: str, sent: bytes
) -> None:
    assert inbound(web, charset=charset, text=sent)[0] == 200
    assert inbound_text(kept) == TEXT


@pytest.mark.parametrize(("charset", "sent"), CHARSETS)
def test_decodes_a_posted_text_in_the_charset_of_its_content_type(
    web: FlaskClient, kept: Kept, charset: str, sent: bytes
) -> None:
    query = urlencode({name: value for name, value in INBOUND.items() if name in CALLED_WITH})
    quoted = charset if charset.startswith('"') else f'"{charset}"'
    plain = f"text/plain; charset={quoted}" if charset and "\x00" not in charset else "text/plain"
    response = web.post(
        f"/webhooks/sms/kannel/inbound?{query}", data=sent, headers={"Content-Type": plain}
    )

    assert (response.status_code, response.get_data()) == (200, b"")
    assert inbound_text(kept) == TEXT


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("ISO-8859-15", "5 € y Š"),
        ("ISO-8859-7", "Καλημέρα"),
        ("KOI8-R", "Стоп"),
        ("windows-1251", "Стоп"),
        ("Shift_JIS", "ストップ"),
        ("GB2312", "停止"),
        ("Big5", "停止"),
        ("EUC-KR", "중지"),
        ("UTF-16", "停止 🌿"),
    ],
)
def test_decodes_other_charsets(web: FlaskClient, kept: Kept, charset: str, text: str) -> None:
    sent = {name: value for name, value in INBOUND.items() if name != "charset"}
    form = urlencode(sent | {"text": text.encode(charset)})
    web.post(
        "/webhooks/sms/kannel/inbound",
        data=form,
        headers={"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"},
    )

    assert inbound_text(kept) == text


@pytest.mark.parametrize("raw", [bytes(range(1, 256)), b"\xff\xfe\x00", b"\xd8\x00\x00"])
@pytest.mark.parametrize("charset", ["UTF-8", "UTF-16BE", "ISO-8859-1", "EUC-KR", ""])
def test_bytes_of_no_charset_are_all_kept(
    web: FlaskClient, kept: Kept, charset: str, raw: bytes
) -> None:
    assert inbound(web, charset=charset, text=raw)[0] == 200
    assert "\ufffd" not in inbound_text(kept)


@pytest.mark.parametrize("secret", ["", "other", "é"])
def test_a_text_without_the_token_is_refused(web: FlaskClient, kept: Kept, secret: str) -> None:
    assert inbound(web, token=secret)[0] == 403
    assert kept.payloads == []


@pytest.mark.parametrize("missing", ["id", "from", "to"])
def test_a_text_without_id_or_numbers_is_refused(
    web: FlaskClient, kept: Kept, missing: str
) -> None:
    assert inbound(web, **{missing: ""})[0] == 400
    assert kept.payloads == []


def test_without_a_token_set_every_text_is_refused(kept: Kept) -> None:
    web = make_app({}, [kannel.webhooks(SECRET, "", kept.keep)]).test_client()

    assert inbound(web, token="")[0] == 403
