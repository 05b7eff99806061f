"""How long a provider asks us to wait (RFC 9110 §10.2.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in both its forms. Returns None if it is absent or malformed.

    A date is compared with the answer's own Date, so that our clock does not matter.
    """
    wanted = headers.get("Retry-After", "").strip()
    if wanted.isascii() and wanted.isdecimal():
        return float(wanted)
    until, answered_at = _moment(wanted), _moment(headers.get("Date", ""))
    if until is None or answered_at is None:
        return None
    return max(0.0, (until - answered_at).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
