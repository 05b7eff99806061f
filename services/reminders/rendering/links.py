"""Signed links and ids in messages, which come back to us."""

from services.chassis.signed_addresses import AddressSigner
from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    ALERT_LIFETIME,
    ALERT_PURPOSE,
    CHECK_IN_LIFETIME,
    CHECK_IN_PURPOSE,
)
from services.contracts.replies import (
    MESSAGE_LIFETIME,
    MESSAGE_PURPOSE,
    UNSUBSCRIBE_LIFETIME,
    UNSUBSCRIBE_PURPOSE,
)
from services.contracts.senders import (
    REPORT_LIFETIME,
    REPORT_PURPOSE,
    RETURN_PATH_KIND,
    SIGNED_ADDRESS_LIFETIME,
)
from services.reminders.core.outbound import Claim, OutboundKind

_WITH_UNSUBSCRIBE = frozenset({OutboundKind.REMINDER, OutboundKind.CORRECTION, OutboundKind.NUDGE})
"""Messages that nobody asked for at that moment. Answers and alerts have no such link."""


class SignedLinks:
    """Makes the links of messages, and the Message-IDs by which delivery reports name them."""

    def __init__(self, public_url: str, secret_key: str) -> None:
        self._unsubscribe_url = f"{public_url.rstrip('/')}/unsubscribe"
        self._check_in_url = f"{public_url.rstrip('/')}/c"
        self._check_in_tokens = TokenSigner(
            secret_key, purpose=CHECK_IN_PURPOSE, lifetime=CHECK_IN_LIFETIME
        )
        self._unsubscribe_tokens = TokenSigner(
            secret_key, purpose=UNSUBSCRIBE_PURPOSE, lifetime=UNSUBSCRIBE_LIFETIME
        )
        self._alert_url = f"{public_url.rstrip('/')}/a"
        self._alert_tokens = TokenSigner(secret_key, purpose=ALERT_PURPOSE, lifetime=ALERT_LIFETIME)
        self._webhook_url = f"{public_url.rstrip('/')}/webhooks/sms"
        self._report_tokens = TokenSigner(
            secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME
        )
        self._message_tokens = TokenSigner(
            secret_key, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME
        )
        self._addresses = AddressSigner(secret_key, lifetime=SIGNED_ADDRESS_LIFETIME)

    def unsubscribe_url(self, claim: Claim) -> str | None:
        """Where a click unsubscribes from this kind of mail; None if a message has no such link."""
        if claim.channel is not Channel.EMAIL or claim.kind not in _WITH_UNSUBSCRIBE:
            return None
        if claim.contact_point_id is None:
            return None
        token = self._unsubscribe_tokens.sign(
            claim.clinic_id, claim.contact_point_id, claim.purpose
        )
        return f"{self._unsubscribe_url}/{token}"

    def report_url(
        self, channel: Channel, provider: str, clinic_id: int, attempt_id: int
    ) -> str | None:
        """Where a provider of texts reports about an attempt; None for other channels.

        The URL has the clinic's and the attempt's id, and a token that only we can make for them.
        """
        if channel is not Channel.SMS:
            return None
        token = self._report_tokens.sign(clinic_id, attempt_id)
        query = f"clinic={clinic_id}&attempt={attempt_id}&token={token}"
        return f"{self._webhook_url}/{provider}/status?{query}"

    def check_in_url(self, clinic_id: int, reminder_id: int) -> str:
        """Where a patient answers the question of a reminder."""
        return f"{self._check_in_url}/{self._check_in_tokens.sign(clinic_id, reminder_id)}"

    def alert_url(self, clinic_id: int, alert_id: int) -> str:
        """Where staff acknowledge an alert."""
        return f"{self._alert_url}/{self._alert_tokens.sign(clinic_id, alert_id)}"

    def message_id(self, clinic_id: int, attempt_id: int, domain: str) -> str:
        """A Message-ID that nobody can forge: only somebody who has seen the mail knows it."""
        return f"<{self._message_tokens.sign(clinic_id, attempt_id)}@{domain}>"

    def return_path(self, clinic_id: int, attempt_id: int, domain: str | None) -> str | None:
        """Where bounces of one attempt come back to; None without a domain for them."""
        if domain is None:
            return None
        return self._addresses.sign(RETURN_PATH_KIND, domain, clinic_id, attempt_id)
