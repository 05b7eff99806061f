"""Events of Amazon SES, as Amazon SNS posts them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.chassis.signed_addresses import AddressSigner
from services.chassis.tokens import TokenSigner
from services.contracts.incoming import RecordReceipt
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.contracts.senders import SIGNED_ADDRESS_LIFETIME
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.app import make_app
from services.gateway.http.webhooks.mail_events import EventIntake
from services.gateway.http.webhooks.mail_tokens import MailTokens
from services.gateway.http.webhooks.ses.routes import SERVICE, webhooks
from services.gateway.http.webhooks.ses.sns import SnsMessages, is_own_url
from tests.support.gateway.intake import NOW, Kept
from tests.support.gateway.mail_services import CERTIFICATE_URL, CONFIRM_URL, TOPIC, Sns

SECRET = "a secret of tests"
SES_ID = "0100018f2a3b4c5d-8e9f0a1b-2c3d-4e5f-6071-8293a4b5c6d7-000000"
OUR_PATH = AddressSigner(SECRET, lifetime=SIGNED_ADDRESS_LIFETIME).sign(
    "b", "bounces.clinic.example", 3, 77
)
OUR_ID = TokenSigner(SECRET, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME).sign(3, 77)


@pytest.fixture(scope="module")
def sns() -> Sns:
    return Sns()


@pytest.fixture(autouse=True)
def reset(sns: Sns) -> Iterator[None]:
    sns.fetched.clear()
    yield
    sns.is_away = False


@pytest.fixture
def web(kept: Kept, sns: Sns) -> FlaskClient:
    return web_of(kept, sns)


def web_of(kept: Kept, sns: Sns, topics: tuple[str, ...] = (TOPIC,)) -> FlaskClient:
    intake = EventIntake(SERVICE, MailTokens(SECRET), kept.keep)
    return make_app({}, [webhooks(SnsMessages(topics, sns.fetch), intake)]).test_client()


def post(web: FlaskClient, body: bytes) -> int:
    url = "/webhooks/email/ses/events"
    return web.post(url, data=body, content_type="text/plain; charset=UTF-8").status_code


def mail(**changes: Any) -> dict[str, Any]:
    return {
        "messageId": SES_ID,
        "source": "care@clinic.example",
        "destination": ["pat@example.org"],
    } | changes


def bounce(kind: str = "Permanent", subtype: str = "General", **recipient: str) -> dict[str, Any]:
    return {
        "notificationType": "Bounce",
        "mail": mail(),
        "bounce": {
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [{"emailAddress": "pat@example.org"} | recipient],
        },
    }


def only(kept: Kept) -> RecordReceipt:
    [receipt] = kept.payloads
    assert isinstance(receipt, RecordReceipt)
    return receipt


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_bounce_is_matched_by_the_id_that_ses_gave(
    web: FlaskClient, kept: Kept, sns: Sns, version: str
) -> None:
    event = bounce(status="5.1.1", diagnosticCode="smtp; 550 5.1.1 user unknown")

    assert post(web, sns.message(event, SignatureVersion=version)) == 200
    assert only(kept) == RecordReceipt(
        provider="smtp",
        provider_reference=SES_ID,
        state=ReceiptState.UNDELIVERED,
        provider_state="Bounce/Permanent/General",
        code="5.1.1",
        about_address=AddressFault.HARD_BOUNCE,
        received_at=NOW,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"source": OUR_PATH},
        {"source": OUR_PATH.upper()},
        {"headers": [{"name": "Message-ID", "value": f"<{OUR_ID}@clinic.example>"}]},
        {"commonHeaders": {"messageId": f"<{OUR_ID}@clinic.example>"}},
    ],
)
def test_our_own_token_names_the_attempt(
    web: FlaskClient, kept: Kept, sns: Sns, changes: dict[str, Any]
) -> None:
    post(web, sns.message({"eventType": "Delivery", "mail": mail(**changes)}))

    receipt = only(kept)
    assert (receipt.clinic_id, receipt.attempt_id) == (3, 77)
    assert receipt.state is ReceiptState.DELIVERED


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (bounce("Permanent", "NoEmail"), AddressFault.HARD_BOUNCE),
        (bounce("Permanent", "Suppressed"), AddressFault.HARD_BOUNCE),
        (bounce("Permanent", "OnAccountSuppressionList"), AddressFault.HARD_BOUNCE),
        (bounce("Permanent", "General"), AddressFault.HARD_BOUNCE),
        (bounce("Permanent", "General", status="5.7.1"), None),
        (
            bounce("Permanent", "General", status="5.3.0", diagnosticCode="smtp; 550 5.1.1 none"),
            AddressFault.HARD_BOUNCE,
        ),
        (bounce("Transient", "MailboxFull", status="5.2.2"), AddressFault.SOFT_BOUNCE),
        (bounce("Transient", "General"), AddressFault.SOFT_BOUNCE),
        (bounce("Transient", "General", status="5.1.1"), AddressFault.SOFT_BOUNCE),
        (bounce("Transient", "MessageTooLarge"), None),
        (bounce("Transient", "ContentRejected"), None),
        (bounce("Transient", "AttachmentRejected"), None),
        (bounce("Undetermined", "Undetermined"), AddressFault.SOFT_BOUNCE),
    ],
)
def test_distinguishes_bounces(
    web: FlaskClient, kept: Kept, sns: Sns, event: dict[str, Any], fault: AddressFault | None
) -> None:
    post(web, sns.message(event))

    assert (only(kept).state, only(kept).about_address) == (ReceiptState.UNDELIVERED, fault)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("abuse", AddressFault.COMPLAINT),
        ("fraud", AddressFault.COMPLAINT),
        (None, AddressFault.COMPLAINT),
        ("not-spam", None),
        ("auth-failure", None),
    ],
)
def test_distinguishes_complaints(
    web: FlaskClient, kept: Kept, sns: Sns, kind: str | None, fault: AddressFault | None
) -> None:
    complaint = {"complaintFeedbackType": kind}
    post(web, sns.message({"eventType": "Complaint", "mail": mail(), "complaint": complaint}))

    assert (only(kept).state, only(kept).about_address) == (ReceiptState.PENDING, fault)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("Send", ReceiptState.ACCEPTED),
        ("DeliveryDelay", ReceiptState.PENDING),
        ("Reject", ReceiptState.UNDELIVERED),
    ],
)
def test_other_events_say_nothing_of_the_address(
    web: FlaskClient, kept: Kept, sns: Sns, kind: str, state: ReceiptState
) -> None:
    post(web, sns.message({"eventType": kind, "mail": mail()}))

    assert (only(kept).state, only(kept).about_address) == (state, None)


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "Open", "mail": mail()},
        {"eventType": "Click", "mail": mail()},
        {"eventType": "Bounce", "mail": mail()},
        {"mail": mail()},
        {"eventType": "Delivery"},
        {"eventType": 7, "mail": mail()},
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "",
        [],
    ],
)
def test_what_is_no_event_of_delivery_is_taken_and_leaves_nothing(
    web: FlaskClient, kept: Kept, sns: Sns, event: object
) -> None:
    assert (post(web, sns.message(event)), kept.payloads) == (200, [])


@pytest.mark.parametrize("subject", [None, "Amazon SES Email Event Notification"])
def test_the_subject_is_signed_where_there_is_one(
    web: FlaskClient, kept: Kept, sns: Sns, subject: str | None
) -> None:
    event = bounce()
    body = sns.message(event, Subject=subject) if subject else sns.message(event)

    assert post(web, body) == 200
    assert len(kept.payloads) == 1


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Type", "Signature"])
def test_a_changed_message_is_refused(web: FlaskClient, kept: Kept, sns: Sns, name: str) -> None:
    fields = json.loads(sns.message(bounce()))
    fields[name] = "AAAA" if name == "Signature" else fields[name] + " "

    assert (post(web, json.dumps(fields).encode()), kept.payloads) == (403, [])


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("https", "http"),
        CERTIFICATE_URL.replace("amazonaws.com", "amazonaws.com.evil.example"),
        CERTIFICATE_URL.replace("sns.", "s3."),
        CERTIFICATE_URL.replace("sns.", "evil.example/sns."),
        CERTIFICATE_URL.replace("//", "//evil.example@"),
        CERTIFICATE_URL.replace("//sns.eu-west-1", "//sns.eu-west-1.evil-1"),
        CERTIFICATE_URL.replace("//", "//evil.example\\@"),
        CERTIFICATE_URL.replace(".com/", ".com:8443/"),
        CERTIFICATE_URL.replace("amazonaws.com/", "amazonaws.com.\u200b/"),
        CERTIFICATE_URL.replace(".com/", ".com\n/"),
        CERTIFICATE_URL.replace(".pem", ".txt"),
        "https://sns.amazonaws.com/x.pem",
        "https://[sns.eu-west-1.amazonaws.com/x.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_never_fetched(
    web: FlaskClient, kept: Kept, sns: Sns, url: str
) -> None:
    assert post(web, sns.message(bounce(), SigningCertURL=url)) == 403
    assert (kept.payloads, sns.fetched) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("sns.eu-west-1.amazonaws.com", "SNS.EU-West-1.AmazonAWS.com"),
        CERTIFICATE_URL.replace(".com/", ".com:443/"),
        CERTIFICATE_URL.replace("eu-west-1", "us-gov-west-1"),
        CERTIFICATE_URL.replace("https", "HTTPS"),
    ],
)
def test_the_host_counts_without_case_and_with_its_default_port(
    web: FlaskClient, kept: Kept, sns: Sns, url: str
) -> None:
    assert post(web, sns.message(bounce(), SigningCertURL=url)) == 200
    assert len(kept.payloads) == 1


def test_a_certificate_is_fetched_once(web: FlaskClient, kept: Kept, sns: Sns) -> None:
    for _ in range(3):
        post(web, sns.message(bounce()))

    assert (len(kept.payloads), sns.fetched) == (3, [CERTIFICATE_URL])


def test_an_expired_certificate_is_refused(kept: Kept) -> None:
    expired = Sns(valid_for=timedelta(hours=-1))

    assert (post(web_of(kept, expired), expired.message(bounce())), kept.payloads) == (403, [])


def test_another_key_is_refused(kept: Kept, sns: Sns) -> None:
    web = web_of(kept, Sns())

    assert (post(web, sns.message(bounce())), kept.payloads) == (403, [])


@pytest.mark.parametrize("topics", [(), ("arn:aws:sns:eu-west-1:123456789012:other",)])
def test_only_listed_topics_are_believed(kept: Kept, sns: Sns, topics: tuple[str, ...]) -> None:
    web = web_of(kept, sns, topics)

    assert post(web, sns.message(bounce())) == 403
    assert (kept.payloads, sns.fetched) == ([], [])


def test_a_certificate_that_cannot_be_had_now_is_asked_for_again(
    web: FlaskClient, kept: Kept, sns: Sns
) -> None:
    sns.is_away = True
    assert (post(web, sns.message(bounce())), kept.payloads) == (503, [])

    sns.is_away = False
    assert post(web, sns.message(bounce())) == 200


def test_a_subscription_is_confirmed(web: FlaskClient, kept: Kept, sns: Sns) -> None:
    assert post(web, sns.confirmation()) == 200
    assert (kept.payloads, sns.fetched) == ([], [CERTIFICATE_URL, CONFIRM_URL])


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM_URL.replace("amazonaws.com", "evil.example"),
        CONFIRM_URL.replace("https", "http"),
        CONFIRM_URL.replace("ConfirmSubscription", "DeleteTopic"),
        CONFIRM_URL.replace(TOPIC, "arn:aws:sns:eu-west-1:1:other"),
        "http://169.254.169.254/latest/meta-data/",
        "",
    ],
)
def test_no_other_url_is_called(web: FlaskClient, sns: Sns, url: str) -> None:
    assert post(web, sns.confirmation(SubscribeURL=url)) == 403
    assert sns.fetched == [CERTIFICATE_URL]


def test_an_unsubscription_is_not_reversed(web: FlaskClient, kept: Kept, sns: Sns) -> None:
    body = sns.confirmation(Type="UnsubscribeConfirmation")

    assert (post(web, body), sns.fetched, kept.payloads) == (200, [CERTIFICATE_URL], [])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b"\xff", b'{"Type": 7}'])
def test_what_is_no_message_of_sns_is_refused(web: FlaskClient, kept: Kept, body: bytes) -> None:
    assert (post(web, body), kept.payloads) == (400, [])


def test_the_urls_of_every_region_are_its_own() -> None:
    regions = ("us-east-1", "ap-southeast-3", "eu-central-2", "us-gov-east-1", "me-south-1")

    assert all(is_own_url(f"https://sns.{region}.amazonaws.com/x.pem") for region in regions)
