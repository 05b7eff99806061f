"""What was stored before this release is still read."""

from datetime import UTC, datetime

import msgspec

from services.contracts.incoming import RecordInbound
from services.gateway.intake.items import decode


def test_a_text_that_was_stored_without_a_keyword_is_read() -> None:
    stored = msgspec.msgpack.encode(
        {
            "provider": "twilio",
            "channel": "SMS",
            "our_address": "+12025550100",
            "their_address": "+12025550123",
            "text": "STOP",
            "provider_message_id": "SM1",
            "is_answered": True,
            "received_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
    )

    text = decode("RecordInbound", stored)

    assert isinstance(text, RecordInbound)
    assert (text.text, text.keyword) == ("STOP", None)
