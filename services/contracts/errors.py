"""Refusals between services."""

from enum import StrEnum

import msgspec


class UserErrorCode(StrEnum):
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    STALE = "STALE"
    NO_CONSENT = "NO_CONSENT"
    OPTED_OUT = "OPTED_OUT"
    SUPPRESSED = "SUPPRESSED"
    NEEDS_VERIFICATION = "NEEDS_VERIFICATION"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NOT_SIGNED_OFF = "NOT_SIGNED_OFF"
    PLAN_WITHDRAWN = "PLAN_WITHDRAWN"
    OUTSIDE_COVERAGE = "OUTSIDE_COVERAGE"
    IN_THE_PAST = "IN_THE_PAST"
    TOO_LATE = "TOO_LATE"
    RATE_LIMITED = "RATE_LIMITED"
    NOT_ALLOWED = "NOT_ALLOWED"
    OTHER = "OTHER"


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An expected refusal.

    `message` is safe to show, `code` drives logic, `path` names the input field.
    """

    code: UserErrorCode
    message: str
    path: tuple[str, ...] | None = None
    existing_id: int | None = None  # what stands in the way, for CONFLICT


class Caution(msgspec.Struct, frozen=True, kw_only=True):
    """The command was done, but something may be unexpected (the schema's type Warning)."""

    code: str
    message: str
    step_key: str | None = None


def refuse(
    code: UserErrorCode, message: str, *path: str, existing_id: int | None = None
) -> Refusal:
    """Refuse with a message that is safe to show. `path` names fields as the command does."""
    return Refusal(code=code, message=message, path=path or None, existing_id=existing_id)


def not_found(kind: str) -> Refusal:
    """Refuse an id that names nothing of its kind, such as a patient."""
    return refuse(UserErrorCode.NOT_FOUND, f"There is no such {kind}.", f"{kind}_id")
