import asyncio

import pytest

from services.contracts.words import Mode, Role
from services.gateway.identity.keys import (
    BearerIdentity,
    Holder,
    KeyNotKnown,
    KeyRing,
    hash_of,
    looks_like_key,
    new_key,
)
from services.gateway.identity.viewer import ANONYMOUS, Viewer

VIEWER = Viewer(Role.ADMIN, 3, Mode.LIVE, 1)


class Store:
    def __init__(self, *keys: str) -> None:
        self.hashes = {hash_of(key) for key in keys}
        self.asked = 0

    def find(self, key_hash: bytes) -> Holder | None:
        self.asked += 1
        return Holder(key_hash, VIEWER) if key_hash in self.hashes else None


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def identify(ring: KeyRing, key: str) -> Viewer:
    return asyncio.run(BearerIdentity(ring)(f"Bearer {key}"))


@pytest.mark.parametrize("mode", list(Mode))
def test_a_new_key_says_its_mode_and_nothing_else(mode: Mode) -> None:
    key = new_key(mode)
    assert key.text.startswith(f"ag_{mode.lower()}_")
    assert looks_like_key(key.text)
    assert key.hash == hash_of(key.text)
    assert key.text.startswith(key.prefix)
    assert len(key.text) - len(key.prefix) == 39


def test_no_two_keys_are_alike() -> None:
    assert new_key(Mode.TEST).text != new_key(Mode.TEST).text


def test_knows_the_holder_of_a_key() -> None:
    key = new_key(Mode.LIVE).text
    assert identify(KeyRing(Store(key).find), key) == VIEWER


def test_asks_the_database_once_in_five_seconds() -> None:
    key, clock = new_key(Mode.LIVE).text, Clock()
    store = Store(key)
    ring = KeyRing(store.find, clock)
    for later in (0, 4.9, 0.2):
        clock.now += later
        identify(ring, key)
    assert store.asked == 2


def test_a_revoked_key_stops_working_within_five_seconds() -> None:
    key, clock = new_key(Mode.LIVE).text, Clock()
    store = Store(key)
    ring = KeyRing(store.find, clock)
    identify(ring, key)
    store.hashes.clear()
    clock.now += 5
    with pytest.raises(KeyNotKnown):
        identify(ring, key)


def test_a_new_key_works_within_a_second_of_having_been_refused() -> None:
    key, clock = new_key(Mode.LIVE).text, Clock()
    store = Store()
    ring = KeyRing(store.find, clock)
    with pytest.raises(KeyNotKnown):
        identify(ring, key)
    store.hashes.add(hash_of(key))
    clock.now += 1
    assert identify(ring, key) == VIEWER


def test_does_not_look_up_texts_that_cannot_be_keys() -> None:
    store = Store()
    with pytest.raises(KeyNotKnown):
        identify(KeyRing(store.find), "x' or 1=1")
    assert store.asked == 0


def test_a_viewer_is_anonymous_only_without_a_header() -> None:
    assert asyncio.run(BearerIdentity(KeyRing(Store().find))("")) is ANONYMOUS
