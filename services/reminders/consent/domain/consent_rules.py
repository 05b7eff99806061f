"""What the law of a clinic's country requires of a consent. Countries are ISO 3166-1 codes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.reminders import ConsentGiven
from services.contracts.words import ConsentBasis, Role

WRITTEN_MARKETING_TEXTS: Final = frozenset({"US"})
"""Where marketing by text requires a written consent: 47 CFR 64.1200(a)(2), (f)(9)."""

SOFT_OPT_IN: Final = frozenset({
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU"),
    *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI"),
    "SK",
})  # fmt: skip
"""Where customers who could refuse may get marketing for similar services: Directive 2002/58/EC
article 13(2), and regulation 22 of the UK's PECR. It covers marketing only."""

REVOKES_ALL_FROM: Final[Mapping[str, date]] = {"US": date(2027, 1, 31)}
"""The day from which a withdrawal for one kind of texts ends all kinds.

47 CFR 64.1200(a)(10), as delayed. This applies to withdrawals that staff record: an opt-out word
always ends all kinds.
"""


def law_faults(consent: ConsentGiven, country: str, path: Iterable[str]) -> Iterator[Refusal]:
    """What a given consent lacks by the law of the clinic's country."""
    if not consent.granted:
        return
    is_marketing = consent.purpose is Purpose.MARKETING
    if consent.basis is ConsentBasis.SOFT_OPT_IN:
        if country not in SOFT_OPT_IN or not is_marketing:
            message = "A soft opt-in is for marketing, and not where the clinic is; ask expressly."
            if country in SOFT_OPT_IN:
                message = "A soft opt-in is for marketing only; care takes an express consent."
            yield refuse(UserErrorCode.INVALID, message, *path, "basis")
        elif not (consent.evidence or "").strip():
            message = "Say what proves the sale, and that refusing was offered at it."
            yield refuse(UserErrorCode.REQUIRED, message, *path, "evidence")
    is_text = consent.channel is Channel.SMS and country in WRITTEN_MARKETING_TEXTS
    if is_text and is_marketing and consent.basis is not ConsentBasis.EXPRESS_WRITTEN:
        message = "Marketing by text takes a written consent where the clinic is."
        yield refuse(UserErrorCode.INVALID, message, *path, "basis")


def proof_faults(consent: ConsentGiven, role: Role, path: Iterable[str]) -> Iterator[Refusal]:
    """What a consent lacks that staff record: the clinic must be able to prove it."""
    if not consent.granted or role is Role.FRONT_END:
        return
    if consent.method is None:
        yield refuse(UserErrorCode.REQUIRED, "Say how it was consent.", *path, "method")
    if not (consent.wording_version or "").strip():
        message = "Say which wording the patient agreed to."
        yield refuse(UserErrorCode.REQUIRED, message, *path, "wording_version")


def ended_with(consent: ConsentGiven, country: str, today: date) -> tuple[Purpose, ...]:
    """The other purposes that a withdrawal ends, besides its own."""
    starts = REVOKES_ALL_FROM.get(country)
    ends_all = (
        not consent.granted
        and consent.channel is Channel.SMS
        and consent.purpose is Purpose.CARE
        and starts is not None
        and today >= starts
    )
    return (Purpose.MARKETING,) if ends_all else ()
