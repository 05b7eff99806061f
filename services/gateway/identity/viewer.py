"""The viewer: who sends a request."""

from dataclasses import dataclass

from services.contracts.words import Mode, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """The credential of a request. All fields are None if it is anonymous; OPERATOR has no clinic.

    `person` is the name of the one person who holds the key, or None if the key is shared.
    """

    role: Role | None = None
    clinic_id: int | None = None
    mode: Mode | None = None
    key_id: int | None = None
    person: str | None = None


ANONYMOUS = Viewer()
