"""Identifies the viewer by an Authorization header."""

import asyncio

from services.gateway.identity.keys import KeyRing, looks_like_key
from services.gateway.identity.viewer import ANONYMOUS, Viewer

_SCHEME = "bearer "


class KeyNotKnown(Exception):
    """There is an Authorization header, but no valid key in it."""


class BearerIdentity:
    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def __call__(self, authorization: str) -> Viewer:
        """Return ANONYMOUS for an empty header. Raises KeyNotKnown and KeysNotReadable."""
        if not authorization:
            return ANONYMOUS
        key = authorization[len(_SCHEME) :].strip()
        if not authorization.lower().startswith(_SCHEME) or not looks_like_key(key):
            raise KeyNotKnown
        is_cached, viewer = self._keys.cached_viewer(key)
        if not is_cached:
            viewer = await asyncio.to_thread(self._keys.read_viewer, key)
        if viewer is None:
            raise KeyNotKnown
        return viewer
