"""How rows of a clinic are addressed."""

import msgspec

from services.contracts.reminders import Scope
from services.contracts.words import Mode

Referred = tuple[int, Mode, str]
"""Clinic id, mode, and the clinic's own reference."""


class Key(msgspec.Struct, frozen=True, order=True):
    """The id of a row, with the clinic and the mode it belongs to."""

    clinic_id: int
    mode: Mode
    id: int

    @classmethod
    def within(cls, scope: Scope, number: int) -> "Key":
        return cls(scope.clinic_id, scope.mode, number)
