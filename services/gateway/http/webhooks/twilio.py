"""Twilio's callbacks: delivery reports and inbound texts.

Twilio signs the URL that it calls and the form that it sends. We gave it the URL, so the signature
is checked with the configured public URL and never with a Host header.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.words import AddressFault, ReceiptState, ReplyKeyword
from services.gateway.http.webhooks.callbacks import (
    LONGEST_WORD,
    ReportTokens,
    parse_id,
    plain_text,
    refuse_unsigned,
)
from services.gateway.http.webhooks.decoding import form_fields
from services.gateway.http.webhooks.hosts import spellings
from services.gateway.intake.items import Keep

PROVIDER = "twilio"

_MAX_MEDIA = 99
_SID = re.compile(r"AC[0-9a-f]{32}")

_STATES = {
    "accepted": ReceiptState.ACCEPTED,
    "queued": ReceiptState.ACCEPTED,
    "sending": ReceiptState.ACCEPTED,
    "sent": ReceiptState.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.UNDELIVERED,
    "failed": ReceiptState.UNDELIVERED,
    "canceled": ReceiptState.UNDELIVERED,  # codespell:ignore canceled
}

_ABOUT_ADDRESSES = {
    "21610": AddressFault.OPT_OUT,  # texted STOP to this sender
    "21614": AddressFault.HARD_BOUNCE,  # cannot receive texts
    "21635": AddressFault.HARD_BOUNCE,  # a landline
    "30003": AddressFault.SOFT_BOUNCE,  # switched off, or out of reach
    "30005": AddressFault.HARD_BOUNCE,  # unknown or inactive number
    "30006": AddressFault.HARD_BOUNCE,  # a landline, or a network that cannot be reached
}
"""Error codes that are caused by the number; https://www.twilio.com/docs/api/errors."""

_KEYWORDS: Mapping[str, ReplyKeyword] = {word.value: word for word in ReplyKeyword}
"""The values of OptOutType, which Twilio sets by its own keywords and those of the account."""

Form = Mapping[str, Sequence[str]]


def signature_of(token: str, url: str, form: Form) -> str:
    """Sign as Twilio documents: the URL, then the sorted names and values, each value once."""
    signed = url + "".join(
        name + value for name in sorted(form) for value in sorted(set(form[name]))
    )
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(token: str, url: str, form: Form, signature: str, *, called_host: str = "") -> bool:
    """Check a signature of any spelling of the URL's host, such as with the default port."""
    expected = signature.encode()
    return any(
        hmac.compare_digest(signature_of(token, spelling, form).encode(), expected)
        for spelling in spellings(url, called_host)
    )


def is_signed_body(
    token: str, url: str, body: bytes, signature: str, *, called_host: str = ""
) -> bool:
    """Check a body that is not a form: its SHA-256 is in the URL, which is signed."""
    parameters = dict(part.partition("=")[::2] for part in urlsplit(url).query.split("&"))
    digest = hashlib.sha256(body).hexdigest()
    is_same = hmac.compare_digest(digest.encode(), parameters.get("bodySHA256", "").encode())
    return is_same and is_signed(token, url, {}, signature, called_host=called_host)


def _is_genuine(token: str, url: str, form: Form, signature: str) -> bool:
    host = request.host
    if form:
        return is_signed(token, url, form, signature, called_host=host)
    return is_signed_body(token, url, request.get_data(), signature, called_host=host)


class TwilioAccounts:
    """The accounts whose signatures are valid: that of the settings, and clinics' own accounts.

    The secrets folder has a file for each own account, named by its AccountSid, with its token.
    """

    def __init__(self, token: str, secret_key: str, secrets_folder: Path | None = None) -> None:
        self._token = token
        self._folder = secrets_folder
        self.reports = ReportTokens(secret_key)

    def own(self, sid: str) -> str | None:
        """Return the token of a clinic's own account, or None if this is not one."""
        if self._folder is None or not _SID.fullmatch(sid):
            return None
        try:
            return (self._folder / sid).read_text("utf-8").strip() or None
        except OSError:
            return None

    def token(self, sid: str) -> str:
        return self.own(sid) or self._token


def webhooks(accounts: TwilioAccounts, public_url: str, keep: Keep) -> Blueprint:
    """Return the two routes. An unsigned call is only logged."""
    routes = Blueprint(PROVIDER, __name__, url_prefix=f"/webhooks/sms/{PROVIDER}")

    @routes.before_request
    def check_signature() -> Response | None:
        url = public_url.rstrip("/") + _called_path()
        form = form_fields()
        signature = request.headers.get("X-Twilio-Signature", "")
        token = accounts.token(_first("AccountSid"))
        if token and _is_genuine(token, url, form, signature):
            return None
        text = "The signature does not match PUBLIC_URL and the account's auth token."
        return refuse_unsigned(PROVIDER, text)

    @routes.post("/status")
    def take_status() -> Response:
        word, reference = _first("MessageStatus", "SmsStatus"), _first("MessageSid", "SmsSid")
        if not word or not reference:
            return plain_text(400, "MessageStatus and MessageSid are needed.")
        is_own = accounts.own(_first("AccountSid")) is not None
        is_named = not is_own or accounts.reports.fits(request.args)
        keep(lambda now: _receipt(word, reference, now, is_named=is_named))
        return Response(status=204)

    @routes.post("/inbound")
    def take_inbound() -> Response:
        reference, sender, to = _first("MessageSid", "SmsSid"), _first("From"), _first("To")
        if not reference or not sender or not to:
            return plain_text(400, "MessageSid, From and To are needed.")
        text, sid = _first("Body"), _first("AccountSid")
        account = sid if accounts.own(sid) else None
        keep(lambda now: _inbound(reference, sender, to, text, account, now))
        return Response("<Response/>", mimetype="text/xml")

    return routes


def _receipt(word: str, reference: str, now: datetime, *, is_named: bool) -> RecordReceipt:
    """Make the receipt. It names the attempt only if the URL is one that we gave out."""
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=parse_id(request.args.get("clinic", "")) if is_named else None,
        attempt_id=parse_id(request.args.get("attempt", "")) if is_named else None,
        provider_reference=reference,
        state=_STATES.get(word.lower(), ReceiptState.PENDING),
        provider_state=word[:LONGEST_WORD],
        code=_first("ErrorCode") or None,
        about_address=_ABOUT_ADDRESSES.get(_first("ErrorCode")),
        received_at=now,
    )


def _inbound(
    reference: str, sender: str, to: str, text: str, account: str | None, now: datetime
) -> RecordInbound:
    return RecordInbound(
        provider=PROVIDER,
        channel=Channel.SMS,
        our_address=to,
        account=account,
        their_address=sender,
        text=text,
        provider_message_id=reference,
        media=min(parse_id(_first("NumMedia")) or 0, _MAX_MEDIA),
        is_answered=bool(_first("OptOutType")),  # by Twilio's opt-out management
        keyword=_KEYWORDS.get(_first("OptOutType").upper()),
        received_at=now,
    )


def _called_path() -> str:
    query = request.query_string.decode("ascii", "replace")
    return request.path + (f"?{query}" if query else "")


def _first(*names: str) -> str:
    form = form_fields()
    return next((form[name][0] for name in names if form.get(name, [""])[0]), "")
