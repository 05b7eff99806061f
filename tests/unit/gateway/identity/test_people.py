"""Who holds a key is asked once, and only by the clinic whose key it is."""

import asyncio
from collections.abc import Collection, Mapping

import pytest

from services.gateway.identity.people import People, Person, key_behind

ADA = Person(key_id=3, clinic_id=7, name="Dr. Ada Example")


class Database:
    def __init__(self) -> None:
        self.asked: list[tuple[int, frozenset[int]]] = []

    def names(self, clinic_id: int, key_ids: Collection[int]) -> Mapping[int, str | None]:
        self.asked.append((clinic_id, frozenset(key_ids)))
        rows = {3: ADA.name, 4: None} if clinic_id == ADA.clinic_id else {}
        return {key: name for key, name in rows.items() if key in key_ids}


def test_finds_the_people_behind_keys_and_leaves_out_shared_keys() -> None:
    assert asyncio.run(People(Database().names).find(7, [3, 4, 5])) == {3: ADA}


def test_another_clinics_keys_have_no_names() -> None:
    assert asyncio.run(People(Database().names).find(8, [3])) == {}


def test_a_key_that_there_is_is_looked_up_once() -> None:
    database = Database()
    people = People(database.names)

    for _ in range(2):
        people.find_now(7, [3, 4])

    assert database.asked == [(7, frozenset({3, 4}))]


def test_a_key_that_was_not_there_may_be_made() -> None:
    database = Database()
    people = People(database.names)

    for _ in range(2):
        people.find_now(7, [5])

    assert len(database.asked) == 2


@pytest.mark.parametrize(
    ("actor", "key"),
    [
        ("key:3", 3),
        ("Ana", None),
        ("key:", None),
        ("key:03", None),
        ("key:3 and more", None),
        (None, None),
    ],
)
def test_reads_which_key_did_something(actor: str | None, key: int | None) -> None:
    assert key_behind(actor) == key
