from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.contracts.words import AddressFault, ReceiptState, ReplyKeyword
from services.gateway.app import make_app
from services.gateway.http.webhooks import twilio
from services.gateway.intake.items import IntakePayload
from tests.support.gateway.intake import NOW, Kept

TOKEN = "12345"
SECRET = "s" * 32
ACCOUNTS = twilio.TwilioAccounts(TOKEN, SECRET)
PUBLIC = "https://clinic.example"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": ["CA1234567890ABCDE"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "Caller": ["+14158675309"],
    "To": ["+18005551212"],
}
BODY = b'{"property": "value", "boolean": true}'
BODY_SHA = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@pytest.fixture
def web(kept: Kept) -> FlaskClient:
    return make_app({}, [twilio.webhooks(ACCOUNTS, PUBLIC, kept.keep)]).test_client()


def call(
    web: FlaskClient, path: str, form: dict[str, str], signature: str | None = None
) -> tuple[int, str]:
    lists = {name: [value] for name, value in form.items()}
    signed = twilio.signature_of(TOKEN, PUBLIC + path, lists) if signature is None else signature
    response = web.post(path, data=form, headers={"X-Twilio-Signature": signed})
    return response.status_code, response.get_data(as_text=True)


STATUS = "/webhooks/sms/twilio/status?clinic=3&attempt=77"
INBOUND = "/webhooks/sms/twilio/inbound"
DELIVERED = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+12025550101"}
TEXT = {"MessageSid": "SM2", "From": "+12025550101", "To": "+12025550100", "Body": "STOP 🌿"}


# Signatures that Twilio's documentation and its own libraries' tests state.
@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (URL, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            URL,
            {**CALL, "From": ["+12349013030"], "Caller": ["+12349013030"]},
            "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        ),
        (URL.replace(".com/", ".com:443/"), CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (f"{URL}&bodySHA256={BODY_SHA}", {}, "a9nBmqA0ju/hNViExpshrM61xv4="),
    ],
)
def test_signs_as_twilio_does(url: str, form: dict[str, list[str]], signature: str) -> None:
    assert twilio.signature_of(TOKEN, url, form) == signature


def test_signs_repeated_names_with_each_value_once() -> None:
    form = {"Sid": ["CA123"], "SidAccount": ["AC123"], "Digits": ["5678", "1234", "5678"]}
    assert twilio.is_signed(TOKEN, URL, form, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")


@pytest.mark.parametrize(
    "signature", ["RSOYDt4T1cUTdK1PDd93/VVr8B8=", "kvajT1Ptam85bY51eRf/AJRuM3w="]
)
@pytest.mark.parametrize("host", ["mycompany.com", "mycompany.com:443"])
def test_takes_either_spelling_of_the_usual_port(host: str, signature: str) -> None:
    assert twilio.is_signed(TOKEN, URL.replace("mycompany.com", host), CALL, signature)


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (URL.replace("https", "http"), CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, {**CALL, "Digits": ["1235"]}, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, CALL, ""),
        (URL, CALL, "é"),
    ],
)
def test_does_not_take_other_signatures(
    url: str, form: dict[str, list[str]], signature: str
) -> None:
    assert not twilio.is_signed(TOKEN, url, form, signature)


def test_checks_a_body_that_is_no_form_by_its_hash() -> None:
    url, signature = f"{URL}&bodySHA256={BODY_SHA}", "a9nBmqA0ju/hNViExpshrM61xv4="
    assert twilio.is_signed_body(TOKEN, url, BODY, signature)
    assert not twilio.is_signed_body(TOKEN, url, BODY + b" ", signature)
    assert not twilio.is_signed_body(TOKEN, URL, BODY, twilio.signature_of(TOKEN, URL, {}))


def test_keeps_a_receipt(web: FlaskClient, kept: Kept) -> None:
    assert call(web, STATUS, DELIVERED) == (204, "")
    assert kept.payloads == [
        RecordReceipt(
            provider="twilio",
            clinic_id=3,
            attempt_id=77,
            provider_reference="SM1",
            state=ReceiptState.DELIVERED,
            provider_state="delivered",
            received_at=NOW,
        )
    ]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", ReceiptState.ACCEPTED),
        ("sending", ReceiptState.ACCEPTED),
        ("sent", ReceiptState.ACCEPTED),
        ("undelivered", ReceiptState.UNDELIVERED),
        ("failed", ReceiptState.UNDELIVERED),
        ("something new", ReceiptState.PENDING),
    ],
)
def test_understands_the_words_for_states(
    web: FlaskClient, kept: Kept, word: str, state: ReceiptState
) -> None:
    call(web, STATUS, {**DELIVERED, "MessageStatus": word, "ErrorCode": "30005", "New": "x"})
    (receipt,) = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert (receipt.state, receipt.provider_state, receipt.code) == (state, word, "30005")


def test_a_receipt_may_name_no_attempt(web: FlaskClient, kept: Kept) -> None:
    call(web, "/webhooks/sms/twilio/status?attempt=x", DELIVERED)
    (receipt,) = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert (receipt.clinic_id, receipt.attempt_id) == (None, None)


def test_stores_inbound_texts(web: FlaskClient, kept: Kept) -> None:
    assert call(web, INBOUND, TEXT) == (200, "<Response/>")
    assert kept.payloads == [
        RecordInbound(
            provider="twilio",
            channel=Channel.SMS,
            our_address="+12025550100",
            their_address="+12025550101",
            text="STOP 🌿",
            provider_message_id="SM2",
            received_at=NOW,
        )
    ]


def test_a_text_may_be_empty(web: FlaskClient, kept: Kept) -> None:
    assert call(web, INBOUND, {**TEXT, "Body": ""})[0] == 200
    assert len(kept.payloads) == 1


@pytest.mark.parametrize(("path", "form"), [(STATUS, DELIVERED), (INBOUND, TEXT)])
@pytest.mark.parametrize("signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_refuses_unsigned_calls(
    web: FlaskClient, kept: Kept, path: str, form: dict[str, str], signature: str
) -> None:
    assert call(web, path, form, signature)[0] == 403
    assert kept.payloads == []


def test_the_signature_covers_the_attempts_number(web: FlaskClient, kept: Kept) -> None:
    lists = {name: [value] for name, value in DELIVERED.items()}
    signature = twilio.signature_of(TOKEN, PUBLIC + STATUS, lists)
    assert call(web, STATUS.replace("77", "78"), DELIVERED, signature)[0] == 403
    assert kept.payloads == []


def test_goes_by_the_public_address_and_not_by_the_host_header(web: FlaskClient) -> None:
    lists = {name: [value] for name, value in DELIVERED.items()}
    signature = twilio.signature_of(TOKEN, PUBLIC + STATUS, lists)
    headers = {"X-Twilio-Signature": signature, "Host": "internal:8000"}
    assert (
        web.post(
            STATUS,
            data=urlencode(DELIVERED),
            headers={**headers, "Content-Type": "application/x-www-form-urlencoded"},
        ).status_code
        == 204
    )


@pytest.mark.parametrize(
    ("public", "signed", "called"),
    [
        ("https://Clinic.Example", "https://Clinic.Example", "clinic.example"),
        ("https://Clinic.Example", "https://clinic.example", "internal"),
        ("https://clinic.example", "https://Clinic.EXAMPLE", "Clinic.EXAMPLE"),
        ("https://clinic.example", "https://CLINIC.example:443", "CLINIC.example:443"),
        ("https://clinic.example:443", "https://clinic.example", "internal"),
        ("https://CLINIC.example:8443", "https://clinic.example:8443", "internal"),
        ("http://clinic.example:80", "http://clinic.example", "internal"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443", "internal"),
    ],
)
def test_the_host_counts_without_case_and_with_its_default_port(
    kept: Kept, public: str, signed: str, called: str
) -> None:
    web = make_app({}, [twilio.webhooks(ACCOUNTS, public, kept.keep)]).test_client()
    lists = {name: [value] for name, value in DELIVERED.items()}
    signature = twilio.signature_of(TOKEN, signed + STATUS, lists)
    headers = {"X-Twilio-Signature": signature, "Host": called}

    assert web.post(STATUS, data=DELIVERED, headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("signed", "called"),
    [
        ("https://evil.example", "evil.example"),
        ("https://clinic.example:8443", "clinic.example:8443"),
        ("http://clinic.example", "clinic.example"),
    ],
)
def test_another_host_port_or_scheme_is_refused(web: FlaskClient, signed: str, called: str) -> None:
    lists = {name: [value] for name, value in DELIVERED.items()}
    signature = twilio.signature_of(TOKEN, signed + STATUS, lists)
    headers = {"X-Twilio-Signature": signature, "Host": called}

    assert web.post(STATUS, data=DELIVERED, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("UTF-8", "Sí 🌿"),
        ("WINDOWS-1252", "Sí – 5 €"),
        ("ISO-8859-15", "Sí 5 €"),
        ("ISO-8859-1", "Sí"),
        ("UTF-16", "Sí 🌿"),
    ],
)
def test_a_form_is_decoded_in_the_charset_of_its_content_type(
    web: FlaskClient, kept: Kept, charset: str, body: str
) -> None:
    form = TEXT | {"Body": body}
    signature = twilio.signature_of(
        TOKEN, PUBLIC + INBOUND, {name: [v] for name, v in form.items()}
    )
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    sent = urlencode({**TEXT, "Body": body.encode(charset)})
    if charset == "UTF-16":  # every value is in the charset that is named
        sent = urlencode({name: value.encode(charset) for name, value in form.items()})

    web.post(INBOUND, data=sent, headers={"X-Twilio-Signature": signature, "Content-Type": kind})

    [payload] = kept.payloads
    assert isinstance(payload, RecordInbound)
    assert payload.text == body


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (STATUS, {"MessageSid": "SM1"}),
        (STATUS, {"MessageStatus": "sent"}),
        (INBOUND, {"From": "+1"}),
    ],
)
def test_names_the_missing_parameters(
    web: FlaskClient, kept: Kept, path: str, form: dict[str, str]
) -> None:
    assert call(web, path, form)[0] == 400
    assert kept.payloads == []


def test_does_not_say_it_was_kept_when_it_was_not() -> None:
    def fail(_make: Callable[[datetime], IntakePayload]) -> None:
        raise RuntimeError("no database: +12025550101")

    web = make_app({}, [twilio.webhooks(ACCOUNTS, PUBLIC, fail)]).test_client()
    status, text = call(web, STATUS, DELIVERED)
    assert status == 500
    assert "+1202" not in text


def test_a_receipt_comes_by_post_only(web: FlaskClient) -> None:
    assert web.get(STATUS).status_code == 405


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("30005", AddressFault.HARD_BOUNCE),
        ("30003", AddressFault.SOFT_BOUNCE),
        ("21610", AddressFault.OPT_OUT),
        ("30007", None),
        ("", None),
    ],
)
def test_maps_error_codes_to_faults_of_the_number(
    web: FlaskClient, kept: Kept, code: str, fault: AddressFault | None
) -> None:
    call(web, STATUS, {**DELIVERED, "MessageStatus": "undelivered", "ErrorCode": code})
    (receipt,) = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    assert receipt.about_address is fault


def test_a_picture_is_counted_beside_its_text(web: FlaskClient, kept: Kept) -> None:
    call(web, INBOUND, {**TEXT, "Body": "look", "NumMedia": "2"})
    (text,) = kept.payloads
    assert isinstance(text, RecordInbound)
    assert (text.text, text.media) == ("look", 2)


@pytest.mark.parametrize("keyword", ReplyKeyword)
def test_recognizes_a_keyword_that_the_provider_answered(
    web: FlaskClient, kept: Kept, keyword: ReplyKeyword
) -> None:
    call(web, INBOUND, {**TEXT, "OptOutType": str(keyword)})
    (text,) = kept.payloads
    assert isinstance(text, RecordInbound)
    assert (text.is_answered, text.keyword) == (True, keyword)


def test_another_kind_of_keyword_is_left_to_the_text(web: FlaskClient, kept: Kept) -> None:
    call(web, INBOUND, {**TEXT, "OptOutType": "MUTE"})
    (text,) = kept.payloads
    assert isinstance(text, RecordInbound)
    assert (text.is_answered, text.keyword) == (True, None)


OWN = "AC" + "7" * 32
OWN_TOKEN = "a clinic's own"


@pytest.fixture
def own(kept: Kept, tmp_path: Path) -> FlaskClient:
    """The gateway with a clinic's own account beside the settings' one."""
    (tmp_path / OWN).write_text(f"{OWN_TOKEN}\n")
    accounts = twilio.TwilioAccounts(TOKEN, SECRET, tmp_path)
    return make_app({}, [twilio.webhooks(accounts, PUBLIC, kept.keep)]).test_client()


def signed_by_own(path: str, form: dict[str, str]) -> str:
    return twilio.signature_of(OWN_TOKEN, PUBLIC + path, {k: [v] for k, v in form.items()})


def test_a_clinics_own_account_signs_with_its_own_token(own: FlaskClient, kept: Kept) -> None:
    form = TEXT | {"AccountSid": OWN}

    assert call(own, INBOUND, form, signed_by_own(INBOUND, form))[0] == 200
    [inbound] = kept.payloads
    assert isinstance(inbound, RecordInbound)
    assert inbound.account == OWN


def test_no_other_account_speaks_for_it(own: FlaskClient, kept: Kept) -> None:
    assert call(own, INBOUND, TEXT | {"AccountSid": OWN})[0] == 403
    assert call(own, INBOUND, TEXT, signed_by_own(INBOUND, TEXT))[0] == 403
    assert kept.payloads == []


def test_a_clinics_account_cannot_name_an_attempt_it_was_not_given(
    own: FlaskClient, kept: Kept
) -> None:
    form = DELIVERED | {"AccountSid": OWN}
    signer = TokenSigner(SECRET, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)
    signed = f"{STATUS}&token={signer.sign(3, 77)}"

    for path in (STATUS, signed):
        call(own, path, form, signed_by_own(path, form))

    assert [
        receipt.attempt_id for receipt in kept.payloads if isinstance(receipt, RecordReceipt)
    ] == [None, 77]


@pytest.mark.parametrize("sid", ["../secret", "AC1", "", "AC" + "8" * 32])
def test_an_unknown_account_is_checked_with_the_settings_token(own: FlaskClient, sid: str) -> None:
    assert call(own, INBOUND, TEXT | {"AccountSid": sid})[0] == 200
