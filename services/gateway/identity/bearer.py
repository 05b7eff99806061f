"""From an Authorization header to whoever asks."""

import asyncio

from services.gateway.identity.keys import KeyRing, looks_like_key
from services.gateway.identity.viewer import ANONYMOUS, Viewer

_SCHEME = "bearer "


class KeyNotKnown(Exception):
    """There is an Authorization header, and no key that is good."""


class BearerIdentity:
    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def __call__(self, authorization: str) -> Viewer:
        """Nobody in particular when the header is empty; raises KeyNotKnown, KeysNotReadable."""
        if not authorization:
            return ANONYMOUS
        key = authorization[len(_SCHEME) :].strip()
        if not authorization.lower().startswith(_SCHEME) or not looks_like_key(key):
            raise KeyNotKnown
        is_remembered, viewer = self._keys.remembered(key)
        if not is_remembered:
            viewer = await asyncio.to_thread(self._keys.holder, key)
        if viewer is None:
            raise KeyNotKnown
        return viewer
