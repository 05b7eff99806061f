"""Mails of our own making, after the formats of many mail systems and services.

`index.csv` says what each means: its kind, the code that decides, the address that it is about and
the token in it.
"""

import csv
import re
from pathlib import Path

import pytest

from services.bounces.reader import read_mail
from services.bounces.readings import MailKind, MailReading

FOLDER = Path(__file__).parents[2] / "data" / "bounces"
INDEX = list(csv.DictReader((FOLDER / "index.csv").read_text("utf-8").splitlines()))
ENDS = {MailKind.HARD_BOUNCE, MailKind.COMPLAINT, MailKind.OPT_OUT}
TOKEN = re.compile(r"attempt-\d{3}-k7Qz")


def find(text: str) -> str | None:
    match = TOKEN.search(text)
    return match[0] if match else None


def read(row: dict[str, str]) -> MailReading[str]:
    return read_mail((FOLDER / row["file"]).read_bytes(), find)


@pytest.mark.parametrize("row", INDEX, ids=[row["file"] for row in INDEX])
def test_a_mail_is_read_as_its_index_says(row: dict[str, str]) -> None:
    reading = read(row)

    assert {
        "kind": reading.kind,
        "code": reading.code or "",
        "address": reading.address or "",
        "token": reading.claims,
    } == {name: row[name] for name in ("kind", "code", "address", "token")}


def test_nineteen_of_twenty_missing_mailboxes_end_and_no_good_address() -> None:
    kinds = [(MailKind(row["kind"]), read(row).kind) for row in INDEX]
    missing = [read_as for expected, read_as in kinds if expected is MailKind.HARD_BOUNCE]
    good = [read_as for expected, read_as in kinds if expected not in ENDS]

    assert missing.count(MailKind.HARD_BOUNCE) >= 0.95 * len(missing)
    assert [read_as for read_as in good if read_as in ENDS] == []


def test_the_mails_are_many_and_of_many_systems() -> None:
    assert len(INDEX) >= 60
    assert len({row["system"] for row in INDEX}) >= 25
    assert {path.name for path in FOLDER.glob("*.eml")} == {row["file"] for row in INDEX}
