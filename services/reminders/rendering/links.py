"""Signed URLs and ids that go out with a message and come back."""

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
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import OutboundKind

_HAVE_A_WAY_OUT = frozenset({OutboundKind.REMINDER, OutboundKind.CORRECTION, OutboundKind.NUDGE})
"""What is sent without having been asked for that moment; answers and alerts have none."""


class SignedLinks:
    """What a mail carries so that its owner can end it, and so that a report can name it."""

    def __init__(self, public_url: str, secret_key: str) -> None:
        self._place = f"{public_url.rstrip('/')}/unsubscribe"
        self._questions = f"{public_url.rstrip('/')}/c"
        self._answers = TokenSigner(
            secret_key, purpose=CHECK_IN_PURPOSE, lifetime=CHECK_IN_LIFETIME
        )
        self._clicks = TokenSigner(
            secret_key, purpose=UNSUBSCRIBE_PURPOSE, lifetime=UNSUBSCRIBE_LIFETIME
        )
        self._alerts = f"{public_url.rstrip('/')}/a"
        self._acknowledgements = TokenSigner(
            secret_key, purpose=ALERT_PURPOSE, lifetime=ALERT_LIFETIME
        )
        self._webhooks = f"{public_url.rstrip('/')}/webhooks/sms"
        self._reports = TokenSigner(secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)
        self._names = TokenSigner(secret_key, purpose=MESSAGE_PURPOSE, lifetime=MESSAGE_LIFETIME)

    def unsubscribe_url(self, claim: Claim) -> str | None:
        """Where a click ends mail of this kind; None where there is nothing to end."""
        if claim.channel is not Channel.EMAIL or claim.kind not in _HAVE_A_WAY_OUT:
            return None
        if claim.contact_point_id is None:
            return None
        token = self._clicks.sign(claim.clinic_id, claim.contact_point_id, claim.purpose)
        return f"{self._place}/{token}"

    def report_url(
        self, channel: Channel, provider: str, clinic_id: int, attempt_id: int
    ) -> str | None:
        """Where a provider of texts reports about an attempt; None for other channels.

        The URL has the clinic's and the attempt's id, and a token that only we can make for them.
        """
        if channel is not Channel.SMS:
            return None
        token = self._reports.sign(clinic_id, attempt_id)
        query = f"clinic={clinic_id}&attempt={attempt_id}&token={token}"
        return f"{self._webhooks}/{provider}/status?{query}"

    def check_in_url(self, clinic_id: int, reminder_id: int) -> str:
        """Where a patient answers what this reminder asks."""
        return f"{self._questions}/{self._answers.sign(clinic_id, reminder_id)}"

    def alert_url(self, clinic_id: int, alert_id: int) -> str:
        """Where a person of the clinic's acknowledges an alert."""
        return f"{self._alerts}/{self._acknowledgements.sign(clinic_id, alert_id)}"

    def message_id(self, clinic_id: int, attempt_id: int, domain: str) -> str:
        """A Message-ID that nobody can make up: whoever names it has seen the mail."""
        return f"<{self._names.sign(clinic_id, attempt_id)}@{domain}>"
