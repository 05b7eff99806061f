"""The URL where a provider reports about an attempt."""

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Channel
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.reminders.delivery.usecases.call_providers import CallbackUrl


def callbacks(public_url: str, secret_key: str) -> CallbackUrl:
    """Return what makes the URL for an attempt; there is none for a channel without reports.

    The URL has the clinic's and the attempt's id, and a token that only we can make for them.
    """
    tokens = TokenSigner(secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)
    webhooks = f"{public_url.rstrip('/')}/webhooks/sms"

    def callback_url(
        channel: Channel, provider: str, clinic_id: int, attempt_id: int
    ) -> str | None:
        if channel is not Channel.SMS:
            return None
        token = tokens.sign(clinic_id, attempt_id)
        query = f"clinic={clinic_id}&attempt={attempt_id}&token={token}"
        return f"{webhooks}/{provider}/status?{query}"

    return callback_url
