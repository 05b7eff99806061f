"""Asks flufl.bounce, the bounce detectors of Mailman, about shapes that this package does not know.

They tell that a mail is a bounce and of which address. They do not tell a full mailbox from a
missing one, so the words still decide.
"""

import logging
from email import message_from_bytes
from typing import Final

from flufl.bounce import all_failures

_MOST_BYTES: Final = 100_000
_MOST_PARTS: Final = 20


def failed_addresses(raw: bytes) -> list[str]:
    """Return the addresses that failed, in lower case. Large mails and deep ones are left alone."""
    if len(raw) > _MOST_BYTES or raw.lower().count(b"boundary") > _MOST_PARTS:
        return []
    logging.getLogger("flufl.bounce").setLevel(
        logging.CRITICAL
    )  # it logs each mail it stumbles over
    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except Exception:  # noqa: BLE001 - anybody sends these mails, and the detectors are not ours
        return []
    return sorted(
        address.decode("utf-8", "replace").lower() for address in {*temporary, *permanent}
    )
