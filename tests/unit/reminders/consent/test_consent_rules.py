from datetime import date
from typing import Any

import pytest

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentBasis, ConsentMethod, Role
from services.reminders.consent.domain.consent_rules import ended_with, law_faults, proof_faults
from tests.support.reminders.aftercare import consent

SOFT, WRITTEN = ConsentBasis.SOFT_OPT_IN, ConsentBasis.EXPRESS_WRITTEN
MARKETING = Purpose.MARKETING
SMS, EMAIL = Channel.SMS, Channel.EMAIL


@pytest.mark.parametrize(
    ("new", "country", "missing"),
    [
        (consent(SMS), "US", []),
        (consent(SMS, purpose=MARKETING), "US", ["basis"]),
        (consent(SMS, purpose=MARKETING, basis=WRITTEN), "US", []),
        (consent(EMAIL, purpose=MARKETING), "US", []),
        (consent(SMS, purpose=MARKETING), "PT", []),
        (consent(SMS, purpose=MARKETING, granted=False), "US", []),
        (consent(SMS, purpose=MARKETING, basis=SOFT, evidence="sale 7"), "GB", []),
        (consent(SMS, purpose=MARKETING, basis=SOFT), "GB", ["evidence"]),
        (consent(EMAIL, purpose=MARKETING, basis=SOFT, evidence="sale 7"), "US", ["basis"]),
        (consent(EMAIL, basis=SOFT, evidence="sale 7"), "GB", ["basis"]),
    ],
)
def test_a_consent_is_what_the_clinics_country_asks_for(
    new: Any, country: str, missing: list[str]
) -> None:
    paths = [refusal.path for refusal in law_faults(new, country, ("consent",))]

    assert paths == [("consent", field) for field in missing]


def test_staff_say_how_and_to_which_wording() -> None:
    bare = consent(SMS, method=None, wording_version=" ")

    assert [refusal.path for refusal in proof_faults(bare, Role.STAFF, ())] == [
        ("method",),
        ("wording_version",),
    ]
    assert list(proof_faults(consent(SMS, method=ConsentMethod.PAPER), Role.ADMIN, ())) == []


def test_a_form_and_a_withdrawal_need_neither() -> None:
    bare = consent(SMS, method=None, wording_version=None)
    withdrawn = consent(SMS, granted=False, method=None, wording_version=None)

    assert list(proof_faults(bare, Role.FRONT_END, ())) == []
    assert list(proof_faults(withdrawn, Role.STAFF, ())) == []


@pytest.mark.parametrize(
    ("new", "country", "on", "also"),
    [
        (consent(SMS, granted=False), "US", date(2027, 1, 30), ()),
        (consent(SMS, granted=False), "US", date(2027, 1, 31), (MARKETING,)),
        (consent(SMS, granted=False), "PT", date(2027, 1, 31), ()),
        (consent(EMAIL, granted=False), "US", date(2027, 1, 31), ()),
        (consent(SMS, granted=False, purpose=MARKETING), "US", date(2027, 1, 31), ()),
        (consent(SMS), "US", date(2027, 1, 31), ()),
    ],
)
def test_the_end_of_care_texts_ends_marketing_from_the_day_the_rule_holds(
    new: Any, country: str, on: date, also: tuple[Purpose, ...]
) -> None:
    assert ended_with(new, country, on) == also
