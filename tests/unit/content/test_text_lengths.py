"""How long the shipped plans' texts are, and which visits are too long for one message."""

from functools import cache

import pytest

from services.content.domain.text_lengths import count_parts, crowded_hours, sms_texts
from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import LocalizedCatalog
from services.contracts.sms.limits import CARRIED, SmsLimit
from services.contracts.sms.names import gsm_name
from services.launcher.catalog_lengths import length_lines


@cache
def catalogs() -> dict[str, LocalizedCatalog]:
    checked = check(shipped_files(), today=None)
    assert isinstance(checked, Checked)
    return checked.catalogs


def parts(locale: str, name: str) -> int:
    plans = catalogs()[locale].plans
    return sum(count_parts(text, locale, name) for plan in plans for text in sms_texts(plan))


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", ["Clínica Ruiz", "Dr. O’Brien", "Skin – Soul", "Rowan\u00a0Spa"])
def test_a_name_as_proposed_halves_the_cost(locale: str, name: str) -> None:
    assert parts(locale, gsm_name(name)) == parts(locale, "x" * len(name))
    assert parts(locale, "í" * len(name)) > 1.6 * parts(locale, gsm_name(name))


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_longest_visit_is_named(locale: str) -> None:
    crowded = list(crowded_hours(catalogs()[locale], CARRIED))

    worst = max(crowded, key=lambda hour: hour.parts)
    assert worst.parts > CARRIED.parts
    assert len(worst.plans) > 1
    assert worst.messages > 1


def test_nothing_is_named_that_is_carried() -> None:
    assert list(crowded_hours(catalogs()["en"], SmsLimit(parts=99, characters=9999))) == []


def test_the_check_says_it_in_a_line_for_each_alphabet() -> None:
    lines = list(length_lines([catalogs()["en"]]))

    assert ["outside GSM 7-bit" in line for line in lines] == [False, True]
    assert all("leave as several messages at:" in line for line in lines)
