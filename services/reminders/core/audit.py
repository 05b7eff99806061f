"""An entry of the audit log."""

import msgspec

from services.contracts.privacy import AuditKind


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One read or change of patient data. `fields` names what was touched, never its values."""

    clinic_id: int
    actor: str
    role: str
    kind: AuditKind
    action: str
    patient_id: int | None
    fields: tuple[str, ...]
    command_id: str | None = None
