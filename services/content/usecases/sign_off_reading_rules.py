"""Signing off the rules for reading replies.

The signature belongs to the hash of the rules alone, so new rules void no signature of a plan.
Nobody waits for it: rules are used as soon as they are published.
"""

from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.get_reading_rules import current_rules_hash
from services.content.usecases.sign_off_plan import signature_fault
from services.contracts.content import SignOffReadingRules, SignOffReply
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import Mode


def sign_off_reading_rules(
    uow: ContentUnitOfWork, command: SignOffReadingRules, *, is_production: bool
) -> SignOffReply:
    """Sign off the rules of the current release, if those are what the clinician read."""
    if is_production and command.mode is not Mode.LIVE:
        message = "A sign-off counts for live patients: name the clinician who has read the rules."
        return SignOffReply(refusal=Refusal(code=UserErrorCode.NOT_ALLOWED, message=message))
    refusal = signature_fault(command) or _stale(command, current_rules_hash(uow))
    if refusal:
        return SignOffReply(refusal=refusal)
    return SignOffReply(review=uow.reviews.add_of_rules(command))


def _stale(command: SignOffReadingRules, current: str) -> Refusal | None:
    if command.content_hash == current:
        return None
    message = "Replies are read by other rules by now: read those, and sign what you read."
    return Refusal(code=UserErrorCode.STALE, message=message, path=("content_hash",))
