"""Events of SendGrid, Mailgun and Postmark, as these services post them."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.incoming import RecordReceipt
from services.contracts.replies import MESSAGE_LIFETIME, MESSAGE_PURPOSE
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.app import make_app
from services.gateway.http.webhooks.mail_events import EventIntake
from services.gateway.http.webhooks.mail_tokens import MailTokens
from services.gateway.http.webhooks.mailgun import routes as mailgun
from services.gateway.http.webhooks.mailgun.signatures import CannotRemember
from services.gateway.http.webhooks.postmark import routes as postmark
from services.gateway.http.webhooks.sendgrid import routes as sendgrid
from services.gateway.intake.items import IntakePayload
from tests.support.gateway.intake import Kept
from tests.support.gateway.mail_services import SendGrid, UsedTokensInMemory, basic, mailgun_call

SECRET = "a secret of tests"
OURS = TokenSigner(SECRET, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME).sign(3, 77)
MAILGUN_KEY = "key-of-mailgun"
LOGIN = "postmark:päss"
SG_ID = "kGE-Xw8aRYy0abcdEF1"

HARD, SOFT = AddressFault.HARD_BOUNCE, AddressFault.SOFT_BOUNCE
COMPLAINT, OPT_OUT = AddressFault.COMPLAINT, AddressFault.OPT_OUT
PENDING, UNDELIVERED = ReceiptState.PENDING, ReceiptState.UNDELIVERED
ACCEPTED, DELIVERED = ReceiptState.ACCEPTED, ReceiptState.DELIVERED


def intake(service: str, kept: Kept) -> EventIntake:
    return EventIntake(service, MailTokens(SECRET), kept.keep)


@pytest.fixture(scope="module")
def grid() -> SendGrid:
    return SendGrid()


@pytest.fixture
def web(kept: Kept, grid: SendGrid) -> FlaskClient:
    routes = [
        sendgrid.webhooks(sendgrid.read_key(grid.verification_key), intake(sendgrid.SERVICE, kept)),
        mailgun.webhooks(MAILGUN_KEY, UsedTokensInMemory(), intake(mailgun.SERVICE, kept)),
        postmark.webhooks(LOGIN, intake(postmark.SERVICE, kept)),
    ]
    return make_app({}, routes).test_client()


def post(web: FlaskClient, service: str, body: bytes, headers: dict[str, str]) -> int:
    sent = {"Content-Type": "application/json"} | headers
    return web.post(f"/webhooks/email/{service}/events", data=body, headers=sent).status_code


def receipts(kept: Kept) -> list[RecordReceipt]:
    return [payload for payload in kept.payloads if isinstance(payload, RecordReceipt)]


def seen(kept: Kept) -> list[tuple[ReceiptState, AddressFault | None]]:
    return [(receipt.state, receipt.about_address) for receipt in receipts(kept)]


# ---------------------------------------------------------------- SendGrid
def grid_event(event: str, **changes: Any) -> dict[str, Any]:
    return {
        "email": "pat@example.org",
        "event": event,
        "sg_message_id": f"{SG_ID}.filter0001.16648.5515E0B88.0",
        "timestamp": 1_790_000_000,
    } | changes


def post_grid(web: FlaskClient, grid: SendGrid, *events: object) -> int:
    body = json.dumps(events).encode()
    return post(web, "sendgrid", body, grid.headers(body))


@pytest.mark.parametrize(
    ("event", "state", "fault"),
    [
        (grid_event("processed"), ACCEPTED, None),
        (grid_event("deferred", response="451 greylisted"), PENDING, None),
        (grid_event("delivered"), DELIVERED, None),
        (grid_event("bounce", type="bounce", reason="550 5.1.1 none"), UNDELIVERED, HARD),
        (
            grid_event("bounce", bounce_classification="Invalid Address", reason="550 no"),
            UNDELIVERED,
            HARD,
        ),
        (grid_event("bounce", bounce_classification="Reputation"), UNDELIVERED, None),
        (grid_event("bounce", bounce_classification="Mailbox Unavailable"), UNDELIVERED, SOFT),
        (grid_event("bounce", type="blocked", reason="550 5.7.1 blocked"), UNDELIVERED, None),
        (grid_event("bounce", type="blocked", reason="550 5.1.1 blacklisted"), UNDELIVERED, None),
        (grid_event("bounce", type="bounce", status="5.2.2"), UNDELIVERED, SOFT),
        (grid_event("dropped", reason="Bounced Address"), UNDELIVERED, HARD),
        (grid_event("dropped", reason="Spam Reporting Address"), UNDELIVERED, COMPLAINT),
        (grid_event("dropped", reason="Unsubscribed Address"), UNDELIVERED, OPT_OUT),
        (grid_event("dropped", reason="Invalid SMTPAPI header"), UNDELIVERED, None),
        (grid_event("spamreport"), PENDING, COMPLAINT),
        (grid_event("unsubscribe"), PENDING, OPT_OUT),
        (grid_event("group_unsubscribe", asm_group_id=1), PENDING, OPT_OUT),
    ],
)
def test_reads_sendgrids_events(
    web: FlaskClient,
    kept: Kept,
    grid: SendGrid,
    event: dict[str, Any],
    state: ReceiptState,
    fault: AddressFault | None,
) -> None:
    assert post_grid(web, grid, event) == 200
    assert seen(kept) == [(state, fault)]
    assert receipts(kept)[0].provider_reference == SG_ID


@pytest.mark.parametrize(
    "sg_message_id",
    [SG_ID, f"{SG_ID}.recvd-5f54b5d587-xkzmj-1-63A0C9C5-10.0", f"{SG_ID}.filterdrecv-p3mdw1-7.0"],
)
def test_finds_sendgrids_id_before_the_names_of_its_machines(
    web: FlaskClient, kept: Kept, grid: SendGrid, sg_message_id: str
) -> None:
    post_grid(web, grid, grid_event("delivered", sg_message_id=sg_message_id))

    assert receipts(kept)[0].provider_reference == SG_ID


def test_our_message_id_names_the_attempt(web: FlaskClient, kept: Kept, grid: SendGrid) -> None:
    post_grid(web, grid, grid_event("delivered", **{"smtp-id": f"<{OURS}@clinic.example>"}))

    assert (receipts(kept)[0].clinic_id, receipts(kept)[0].attempt_id) == (3, 77)


@pytest.mark.parametrize(
    "bad", [None, 7, "text", [], {}, {"event": 7}, {"event": None}, {"event": "bounce", "type": {}}]
)
def test_one_bad_event_harms_only_itself(
    web: FlaskClient, kept: Kept, grid: SendGrid, bad: object
) -> None:
    events = (grid_event("delivered"), bad, grid_event("spamreport"))

    assert post_grid(web, grid, *events) == 200
    assert seen(kept) == [(DELIVERED, None), (PENDING, COMPLAINT)]


@pytest.mark.parametrize("event", ["open", "click", "group_resubscribe", "something new"])
def test_events_that_say_nothing_of_delivery_leave_nothing(
    web: FlaskClient, kept: Kept, grid: SendGrid, event: str
) -> None:
    assert (post_grid(web, grid, grid_event(event)), kept.payloads) == (200, [])


def test_a_batch_of_a_thousand_events_is_taken(
    web: FlaskClient, kept: Kept, grid: SendGrid
) -> None:
    events = [grid_event("delivered", filler="x" * 600) for _ in range(1_000)]

    assert post_grid(web, grid, *events) == 200
    assert len(kept.payloads) == 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"X-Twilio-Email-Event-Webhook-Timestamp": "1790000001"},
        {"X-Twilio-Email-Event-Webhook-Signature": ""},
        {"X-Twilio-Email-Event-Webhook-Signature": "no base64!"},
        {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"},
    ],
)
def test_sendgrids_signature_covers_the_timestamp(
    web: FlaskClient, kept: Kept, grid: SendGrid, change: dict[str, str]
) -> None:
    body = json.dumps([grid_event("bounce")]).encode()

    assert post(web, "sendgrid", body, grid.headers(body) | change) == 403
    assert kept.payloads == []


def test_sendgrids_signature_covers_the_body(web: FlaskClient, kept: Kept, grid: SendGrid) -> None:
    body = json.dumps([grid_event("bounce")]).encode()

    assert post(web, "sendgrid", body + b" ", grid.headers(body)) == 403
    assert kept.payloads == []


def test_another_key_of_sendgrid_is_refused(web: FlaskClient, kept: Kept) -> None:
    assert (post_grid(web, SendGrid(), grid_event("bounce")), kept.payloads) == (403, [])


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"\xff\xfe"])
def test_what_is_no_batch_is_refused(
    web: FlaskClient, kept: Kept, grid: SendGrid, body: bytes
) -> None:
    assert (post(web, "sendgrid", body, grid.headers(body)), kept.payloads) == (400, [])


@pytest.mark.parametrize("text", ["no base64!", "AAAA", "LS0tLS1CRUdJTg=="])
def test_an_unusable_verification_key_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="signed event webhook"):
        sendgrid.read_key(text)


# ---------------------------------------------------------------- Mailgun
def gun_event(event: str, **changes: Any) -> dict[str, Any]:
    return {
        "event": event,
        "recipient": "pat@example.org",
        "message": {"headers": {"message-id": f"{OURS}@clinic.example", "to": "pat@example.org"}},
    } | changes


def failed(severity: str, reason: str, **status: Any) -> dict[str, Any]:
    return gun_event("failed", severity=severity, reason=reason, **{"delivery-status": status})


def post_gun(web: FlaskClient, event: object, **how: Any) -> int:
    return post(web, "mailgun", mailgun_call(MAILGUN_KEY, event, **how), {})


@pytest.mark.parametrize(
    ("event", "state", "fault"),
    [
        (gun_event("accepted"), ACCEPTED, None),
        (gun_event("delivered", **{"delivery-status": {"code": 250}}), DELIVERED, None),
        (failed("permanent", "bounce", code=550, message="5.1.1 No user"), UNDELIVERED, HARD),
        (failed("permanent", "bounce", code=552, message="5.2.2 Full"), UNDELIVERED, SOFT),
        (
            failed("permanent", "bounce", code=550, message="5.7.1 Spam", **{"enhanced-code": ""}),
            UNDELIVERED,
            None,
        ),
        (failed("permanent", "generic", **{"enhanced-code": "5.1.1"}), UNDELIVERED, HARD),
        (failed("permanent", "suppress-bounce", code=605), UNDELIVERED, HARD),
        (failed("permanent", "suppress-complaint", code=607), UNDELIVERED, COMPLAINT),
        (failed("permanent", "suppress-unsubscribe", code=606), UNDELIVERED, OPT_OUT),
        (failed("permanent", "espblock", message="550 5.1.1 blocked"), UNDELIVERED, None),
        (failed("temporary", "generic", code=451, message="5.1.1 later"), PENDING, None),
        (gun_event("rejected", reject={"reason": "Sandbox"}), UNDELIVERED, None),
        (gun_event("complained"), PENDING, COMPLAINT),
        (gun_event("unsubscribed"), PENDING, OPT_OUT),
    ],
)
def test_reads_mailguns_events(
    web: FlaskClient,
    kept: Kept,
    event: dict[str, Any],
    state: ReceiptState,
    fault: AddressFault | None,
) -> None:
    assert post_gun(web, event) == 200
    assert seen(kept) == [(state, fault)]
    assert (receipts(kept)[0].clinic_id, receipts(kept)[0].attempt_id) == (3, 77)


@pytest.mark.parametrize("event", [gun_event("opened"), gun_event("stored"), {"event": 7}, [], 7])
def test_other_events_of_mailgun_leave_nothing(web: FlaskClient, kept: Kept, event: object) -> None:
    assert (post_gun(web, event), kept.payloads) == (200, [])


def test_a_token_of_mailgun_counts_for_one_event_only(web: FlaskClient, kept: Kept) -> None:
    moment = time.time()

    def later() -> float:
        return moment

    assert post_gun(web, gun_event("delivered"), now=later) == 200
    assert post_gun(web, gun_event("complained"), now=later) == 403
    assert post_gun(web, gun_event("delivered"), now=later) == 200  # Mailgun repeats a call
    assert [state for state, _ in seen(kept)] == [DELIVERED, DELIVERED]


@pytest.mark.parametrize("seconds", [-2 * 86_400, 2 * 86_400])
def test_an_old_timestamp_of_mailgun_is_refused(web: FlaskClient, kept: Kept, seconds: int) -> None:
    assert post_gun(web, gun_event("complained"), now=lambda: time.time() + seconds) == 403
    assert kept.payloads == []


@pytest.mark.parametrize("name", ["timestamp", "token", "signature"])
def test_mailguns_signature_is_checked(web: FlaskClient, kept: Kept, name: str) -> None:
    call = json.loads(mailgun_call(MAILGUN_KEY, gun_event("complained")))
    call["signature"][name] += "1"

    assert post(web, "mailgun", json.dumps(call).encode(), {}) == 403
    assert kept.payloads == []


def test_a_call_is_asked_for_again_when_tokens_cannot_be_checked(kept: Kept) -> None:
    class Away:
        def belongs(self, _token: str, _body: bytes) -> bool:
            raise CannotRemember("ConnectionError")

    route = mailgun.webhooks(MAILGUN_KEY, Away(), intake(mailgun.SERVICE, kept))
    away = make_app({}, [route]).test_client()

    assert (post_gun(away, gun_event("delivered")), kept.payloads) == (503, [])


# ---------------------------------------------------------------- Postmark
def postmark_event(record: str, **changes: Any) -> dict[str, Any]:
    return {
        "RecordType": record,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"message": OURS},
        "Email": "pat@example.org",
    } | changes


def bounced(kind: str, details: str = "") -> dict[str, Any]:
    return postmark_event("Bounce", Type=kind, Details=details)


@pytest.mark.parametrize(
    ("event", "state", "fault"),
    [
        (postmark_event("Delivery"), DELIVERED, None),
        (bounced("HardBounce", "smtp;550 5.1.1 no such user"), UNDELIVERED, HARD),
        (bounced("HardBounce"), UNDELIVERED, HARD),
        (bounced("HardBounce", "smtp;550 5.7.1 blocked"), UNDELIVERED, None),
        (bounced("BadEmailAddress"), UNDELIVERED, HARD),
        (bounced("SoftBounce", "5.2.2"), UNDELIVERED, SOFT),
        (bounced("Blocked", "5.1.1 blacklisted"), UNDELIVERED, None),
        (bounced("DnsError"), UNDELIVERED, None),
        (bounced("SpamNotification"), UNDELIVERED, None),
        (bounced("DMARCPolicy"), UNDELIVERED, None),
        (bounced("Transient"), PENDING, None),
        (bounced("AutoResponder"), PENDING, None),
        (bounced("Unsubscribe"), PENDING, OPT_OUT),
        (bounced("SpamComplaint"), PENDING, COMPLAINT),
        (bounced("Unknown", "smtp;550 5.1.1"), UNDELIVERED, HARD),
        (bounced("A new type"), UNDELIVERED, SOFT),
        (postmark_event("SpamComplaint", Type="SpamComplaint"), PENDING, COMPLAINT),
        (
            postmark_event(
                "SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"
            ),
            PENDING,
            OPT_OUT,
        ),
        (
            postmark_event(
                "SubscriptionChange", SuppressSending=True, SuppressionReason="HardBounce"
            ),
            PENDING,
            HARD,
        ),
    ],
)
def test_reads_postmarks_events(
    web: FlaskClient,
    kept: Kept,
    event: dict[str, Any],
    state: ReceiptState,
    fault: AddressFault | None,
) -> None:
    assert post(web, "postmark", json.dumps(event).encode(), basic(LOGIN)) == 200
    assert seen(kept) == [(state, fault)]
    assert (receipts(kept)[0].clinic_id, receipts(kept)[0].attempt_id) == (3, 77)


@pytest.mark.parametrize(
    "event",
    [
        postmark_event("Open"),
        postmark_event("Click"),
        postmark_event("SubscriptionChange", SuppressSending=False),
        {"RecordType": 7},
        {},
    ],
)
def test_other_events_of_postmark_leave_nothing(
    web: FlaskClient, kept: Kept, event: dict[str, Any]
) -> None:
    assert post(web, "postmark", json.dumps(event).encode(), basic(LOGIN)) == 200
    assert kept.payloads == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("postmark:wrong"),
        basic("other:päss"),
        basic(""),
        {"Authorization": "Bearer " + basic(LOGIN)["Authorization"].split()[1]},
        {"Authorization": "Basic é"},
        {"Authorization": "Basic"},
    ],
)
def test_postmark_must_give_its_login(
    web: FlaskClient, kept: Kept, headers: dict[str, str]
) -> None:
    body = json.dumps(bounced("HardBounce")).encode()

    assert (post(web, "postmark", body, headers), kept.payloads) == (403, [])


# ---------------------------------------------------------------- all of them
@pytest.mark.parametrize("charset", ["utf-8", "UTF-16", "utf-16le", '"utf-8"', "KLINGON"])
def test_json_is_read_in_the_charset_that_is_named(
    web: FlaskClient, kept: Kept, charset: str
) -> None:
    codec = charset if charset.lower().startswith("utf") else "utf-8"
    body = json.dumps(postmark_event("Delivery", Tag="Sí")).encode(codec)
    headers = basic(LOGIN) | {"Content-Type": f"application/json; charset={charset}"}

    assert post(web, "postmark", body, headers) == 200
    assert seen(kept) == [(DELIVERED, None)]


def test_an_event_of_another_mail_leaves_nothing(web: FlaskClient, kept: Kept) -> None:
    body = json.dumps(postmark_event("Delivery", MessageID="", Metadata={})).encode()

    assert (post(web, "postmark", body, basic(LOGIN)), kept.payloads) == (200, [])


def test_without_settings_every_call_is_refused(kept: Kept, grid: SendGrid) -> None:
    routes = [
        sendgrid.webhooks(sendgrid.read_key(""), intake("sendgrid", kept)),
        mailgun.webhooks("", UsedTokensInMemory(), intake("mailgun", kept)),
        postmark.webhooks("", intake("postmark", kept)),
    ]
    bare = make_app({}, routes).test_client()

    assert post_grid(bare, grid, grid_event("bounce")) == 403
    assert post(bare, "mailgun", mailgun_call("", gun_event("complained")), {}) == 403
    assert post(bare, "postmark", b"{}", basic("")) == 403
    assert kept.payloads == []


def test_an_event_that_could_not_be_kept_is_not_acknowledged(grid: SendGrid) -> None:
    class Failing(Kept):
        def keep(self, _make: Callable[[datetime], IntakePayload]) -> None:
            raise OSError("the database is away")

    key = sendgrid.read_key(grid.verification_key)
    route = sendgrid.webhooks(key, intake(sendgrid.SERVICE, Failing()))

    assert post_grid(make_app({}, [route]).test_client(), grid, grid_event("bounce")) == 500


def test_control_characters_never_reach_the_database(
    web: FlaskClient, kept: Kept, grid: SendGrid
) -> None:
    post_grid(web, grid, grid_event("bounce", type="a\u0000\u202eb", sg_message_id="x\u00007"))

    assert receipts(kept)[0].provider_state == "bounce/a??b"
    assert receipts(kept)[0].provider_reference == "x?7"


def test_json_that_is_nested_too_deeply_is_refused(web: FlaskClient, grid: SendGrid) -> None:
    deep = b'{"a":' * 50_000

    assert post(web, "mailgun", deep, {}) == 400
    assert post(web, "postmark", deep, basic(LOGIN)) == 400
    assert post(web, "sendgrid", deep, grid.headers(deep)) == 400
