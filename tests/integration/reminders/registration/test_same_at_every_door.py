"""A number, an address or a text is taken by the API and by a file, or refused by both."""

from collections import defaultdict

import pytest

from tests.support.reminders.aftercare import Service
from tests.support.reminders.doors import Doors
from tests.support.reminders.sloppy_numbers import SloppyNumber, example_mobiles, sloppy_numbers


def by_country() -> dict[str, list[SloppyNumber]]:
    grouped: dict[str, list[SloppyNumber]] = defaultdict(list)
    for sloppy in sloppy_numbers():
        if sloppy.typed.strip():  # an empty cell is no number, and no wrong one
            grouped[sloppy.country].append(sloppy)
    return grouped


SLOPPY = by_country()


@pytest.mark.parametrize("country", SLOPPY)
def test_a_number_is_read_alike_at_every_door(service: Service, country: str) -> None:
    doors = Doors(service, country, "PT")
    expected = [sloppy.number for sloppy in SLOPPY[country]]
    typed = [sloppy.typed for sloppy in SLOPPY[country]]

    in_file = doors.by_file([{"phone": text} for text in typed])
    by_api = [doors.by_api(phone=text) for text in typed]

    assert [patient and patient["phone"] for patient in in_file] == expected
    assert [patient and patient["phone"] for patient in by_api] == expected


def test_a_mobile_of_every_region_comes_in_where_that_region_is_served(service: Service) -> None:
    missing = []
    for region, number in example_mobiles().items():
        doors = Doors(service, region)
        wrong = f"{number[:6]}O{number[6:]}"
        in_file = doors.by_file([{"phone": number}, {"phone": wrong}])
        phones = [
            *(patient and patient["phone"] for patient in in_file),
            *((doors.by_api(phone=text) or {}).get("phone") for text in (number, wrong)),
        ]
        if phones != [number, None, number, None]:
            missing.append((region, phones))

    assert missing == []


ADDRESSES = {
    "o’brien@example.com": "o'brien@example.com",
    "d‘angelo@example.com": "d'angelo@example.com",
    "Ana.Silva+skin@EXAMPLE.com": "Ana.Silva+skin@example.com",
    "\u200bana@example.com\ufeff": "ana@example.com",
    "\u00a0ana@example.com\t": "ana@example.com",
    "ana@bücher.example": "ana@xn--bcher-kva.example",
    "ana@xn--bcher-kva.example": "ana@xn--bcher-kva.example",
    "josé@example.com": None,
    "ana@example": None,
    "ana at example.com": None,
    "ana@example.com, bo@example.com": None,
    "Ana <ana@example.com>": None,
    "ana@exam\0ple.com": None,
    "ana@example..com": None,
    "ana@exa\ufffdmple.com": None,
}


def test_an_email_address_is_read_alike_at_every_door(service: Service) -> None:
    doors = Doors(service, "PT")

    in_file = doors.by_file([{"email": typed} for typed in ADDRESSES])
    by_api = [doors.by_api(email=typed) for typed in ADDRESSES]

    assert [patient and patient["email"] for patient in in_file] == list(ADDRESSES.values())
    assert [patient and patient["email"] for patient in by_api] == list(ADDRESSES.values())


NAMES = {
    " Ana ": "Ana",
    "M.Elena": "M.Elena",
    "Sinéad O’Connor\u00a0": "Sinéad O’Connor",
    "نوشین\u200cدخت": "نوشین\u200cدخت",
    "An\0a": None,
    "Ana\nBo": None,
    "An\ta": None,
    "Jos\ufffd": None,
    "A" * 201: None,
}


def test_a_name_is_taken_alike_at_every_door(service: Service) -> None:
    doors = Doors(service, "PT")

    in_file = doors.by_file([{"name": typed} for typed in NAMES])
    by_api = [doors.by_api(displayName=typed) for typed in NAMES]

    assert [patient and patient["displayName"] for patient in in_file] == list(NAMES.values())
    assert [patient and patient["displayName"] for patient in by_api] == list(NAMES.values())


REFERENCES = {
    " P-1 ": "P-1",
    "\u200bP-2\ufeff": "P-2",
    "00017": "00017",
    "1.60123E+10": None,
    "2,5E+12": None,
    "7E+15": None,
    "P\0-3": None,
    "P" * 201: None,
}


def test_a_reference_is_taken_alike_at_every_door(service: Service) -> None:
    by_file, by_api = Doors(service, "PT"), Doors(service, "ES")

    faults = [by_file.by_file([{"reference": typed}]) for typed in REFERENCES]
    answers = [by_api.by_api(reference=typed) for typed in REFERENCES]

    assert [patient and patient["reference"] for (patient,) in faults] == list(REFERENCES.values())
    assert [patient and patient["reference"] for patient in answers] == list(REFERENCES.values())


@pytest.mark.parametrize(
    ("country", "listed", "registered"),
    [
        ("PT", "912 345 678", "+351912345678"),
        ("PT", "+351912345678", "00351 912.345.678"),
        ("US", "202.555.0143", "+1 (202) 555-0143"),
        ("JE", "07797 712345", "+44 7797 712345"),
        ("DE", "+49 (0)151/23456789", "'015123456789"),
    ],
)
def test_a_listed_opt_out_bars_every_spelling(
    service: Service, country: str, listed: str, registered: str
) -> None:
    doors = Doors(service, country)
    consent = {
        "channel": "SMS", "purpose": "CARE", "granted": True, "source": "form",
        "method": "PAPER", "wordingVersion": "1",
    }  # fmt: skip

    assert doors.suppress(listed) == []
    answer = doors.answer_by_api(phone=registered, consents=[consent])

    assert [error["path"] for error in answer["userErrors"]] == [["consents", "0"]]


def test_an_opt_out_of_no_number_is_refused_and_the_others_count(service: Service) -> None:
    doors = Doors(service, "DE")

    refused = doors.suppress(
        "0151 2345O789", "0151 23456789", "01601234567.0", "030 12345678", "+49 151 23456780"
    )

    assert refused == [0, 2, 3]


def test_a_refused_number_is_told_what_to_do_and_never_repeated(service: Service) -> None:
    doors = Doors(service, "DE")

    messages = {
        typed: doors.answer_by_api(phone=typed)["userErrors"][0]["message"]
        for typed in ("0151 2345O789", "01601234567.0", "1.6E+10", "030 12345678", "0151 2345678/9")
    }

    assert not any(typed in message for typed, message in messages.items())
    assert "digits and nothing else" in messages["0151 2345O789"]
    assert "decimal" in messages["01601234567.0"]
    assert "shortened" in messages["1.6E+10"]
    assert "landline" in messages["030 12345678"]
    assert "two numbers" in messages["0151 2345678/9"]
