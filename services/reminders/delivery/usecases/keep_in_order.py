"""Keeps other messages out of a text that leaves as several."""

from collections.abc import Sequence

from services.reminders.delivery.domain.attempts import Beginning


class PartsInOrder:
    """Of one batch: while a text leaves in parts, nothing else goes to its address."""

    def __init__(self) -> None:
        self._in_parts: set[bytes] = set()

    def choose(self, beginnings: Sequence[Beginning]) -> tuple[list[Beginning], list[Beginning]]:
        """Return those that may leave now, and those that wait for the end of another text."""
        leaving: list[Beginning] = []
        waiting: list[Beginning] = []
        texted: set[bytes] = set()
        for beginning in sorted(beginnings, key=_order):
            address = beginning.address_indexes[0] if beginning.address_indexes else b""
            is_in_parts = not (beginning.part.is_last and beginning.part.number == 1)
            if address in self._in_parts or (is_in_parts and address in texted):
                waiting.append(beginning)
                continue
            leaving.append(beginning)
            if address:
                texted.add(address)
                self._in_parts.update((address,) if is_in_parts else ())
        return leaving, waiting


def _order(beginning: Beginning) -> bool:
    """Texts that have begun come first; the others keep their order."""
    return beginning.part.number == 1
