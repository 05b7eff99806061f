"""Who asks."""

from dataclasses import dataclass

from services.contracts.words import Mode, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """The credential behind a request; all None when anonymous. OPERATOR has no clinic.

    `person`: who alone holds it, as they sign; None where it is nobody's in particular.
    """

    role: Role | None = None
    clinic_id: int | None = None
    mode: Mode | None = None
    key_id: int | None = None
    person: str | None = None


ANONYMOUS = Viewer()
