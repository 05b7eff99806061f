"""What a country's law asks of a consent: data, so that a rule is a line.

Countries are ISO 3166-1, and are the clinic's.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import ConsentGiven
from services.contracts.words import ConsentBasis, Role

WRITTEN_MARKETING_TEXTS: Final = frozenset({"US"})
"""Where advertising by text takes a consent in writing: 47 CFR 64.1200(a)(2), (f)(9)."""

SOFT_OPT_IN: Final = frozenset({
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU"),
    *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI"),
    "SK",
})  # fmt: skip
"""Where a customer who was offered to refuse may be told of similar services: Directive
2002/58/EC article 13(2), and regulation 22 of the UK's PECR. It is for marketing alone."""

REVOKES_ALL_FROM: Final[Mapping[str, date]] = {"US": date(2027, 1, 31)}
"""From when on the end of one kind of texts ends every kind: 47 CFR 64.1200(a)(10), as delayed.

An opt-out word ends everything everywhere, now; this is for what staff write down.
"""


def law_faults(given: ConsentGiven, country: str, path: Iterable[str]) -> Iterator[Refusal]:
    """What the law of a clinic's country misses in a consent that is given."""
    if not given.granted:
        return
    is_marketing = given.purpose is Purpose.MARKETING
    if given.basis is ConsentBasis.SOFT_OPT_IN:
        if country not in SOFT_OPT_IN or not is_marketing:
            message = "A soft opt-in is for marketing, and not where the clinic is; ask expressly."
            if country in SOFT_OPT_IN:
                message = "A soft opt-in is for marketing only; care takes an express consent."
            yield _refusal(UserErrorCode.INVALID, message, path, "basis")
        elif not (given.evidence or "").strip():
            message = "Say what proves the sale, and that refusing was offered at it."
            yield _refusal(UserErrorCode.REQUIRED, message, path, "evidence")
    is_text = given.channel is Channel.SMS and country in WRITTEN_MARKETING_TEXTS
    if is_text and is_marketing and given.basis is not ConsentBasis.EXPRESS_WRITTEN:
        message = "Marketing by text takes a written consent where the clinic is."
        yield _refusal(UserErrorCode.INVALID, message, path, "basis")


def proof_faults(given: ConsentGiven, role: Role, path: Iterable[str]) -> Iterator[Refusal]:
    """What a consent lacks that staff write down: who relies on it must be able to show it."""
    if not given.granted or role is Role.FRONT_END:
        return
    if given.method is None:
        yield _refusal(UserErrorCode.REQUIRED, "Say how it was given.", path, "method")
    if not (given.wording_version or "").strip():
        message = "Say which wording the patient agreed to."
        yield _refusal(UserErrorCode.REQUIRED, message, path, "wording_version")


def ended_with(given: ConsentGiven, country: str, today: date) -> tuple[Purpose, ...]:
    """The purposes that a withdrawal ends besides its own."""
    starts = REVOKES_ALL_FROM.get(country)
    ends_all = (
        not given.granted
        and given.channel is Channel.SMS
        and given.purpose is Purpose.CARE
        and starts is not None
        and today >= starts
    )
    return (Purpose.MARKETING,) if ends_all else ()


def _refusal(code: UserErrorCode, message: str, path: Iterable[str], field: str) -> Refusal:
    return Refusal(code=code, message=message, path=(*path, field))
