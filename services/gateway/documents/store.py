"""A cache of checked documents, by the SHA-256 of their text: most requests repeat a document."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from services.gateway.documents.checking import CheckedDocument
from services.gateway.documents.faults import DocumentRefused

V = TypeVar("V")

_MAX_CHECKED = 1_000
_MAX_REFUSALS = 200


class _LruCache(Generic[V]):
    """Keeps the `most` values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[bytes, V] = OrderedDict()

    def get(self, key: bytes) -> V | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: bytes, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class DocumentStore:
    """Checks documents and caches the results.

    Refusals have a cache of their own, so a stream of bad documents evicts no good ones.
    """

    def __init__(
        self,
        check: Callable[[str], CheckedDocument],
        *,
        max_checked: int = _MAX_CHECKED,
        max_refusals: int = _MAX_REFUSALS,
    ) -> None:
        self._check = check
        self._checked: _LruCache[CheckedDocument] = _LruCache(max_checked)
        self._refused: _LruCache[DocumentRefused] = _LruCache(max_refusals)

    def get(self, text: str) -> CheckedDocument:
        """Return the checked document. Raises DocumentRefused."""
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        checked = self._checked.get(key)
        return checked if checked is not None else self._check_new(key, text)

    def _check_new(self, key: bytes, text: str) -> CheckedDocument:
        refused = self._refused.get(key)
        if refused is not None:
            raise DocumentRefused(refused.faults)
        try:
            checked = self._check(text)
        except DocumentRefused as refusal:
            self._refused.put(key, DocumentRefused(refusal.faults))
            raise
        self._checked.put(key, checked)
        return checked
