"""Derives audit entries from a request and its reply: who, which patient, which fields."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec

from services.contracts.ask import Command
from services.contracts.privacy import AuditKind, AuditPage, ListAudit
from services.contracts.reminders import PatientRecord, Scope
from services.reminders.core.key import Key
from services.reminders.database.audit_log import AuditEntry
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork

LINK: Final = "link"
"""The actor who opened a signed link."""

_PERSONAL: Final = frozenset({
    "answer", "body", "display_name", "email", "evidence", "note", "phone", "question", "reference",
    "subject", "text",
})  # fmt: skip
"""Fields that identify a patient or contain their words."""

_NOT_RECORDED: Final = frozenset({"scope", "clinic_id", "idempotency_key", "patient_id"})
_DRY_RUN_FLAGS: Final = ("is_rehearsal", "dry_run", "is_dry_run")


def audit_entries(request: Any, reply: Any, command_id: str | None = None) -> list[AuditEntry]:  # noqa: ANN401 - any ask and its reply
    """One entry per patient mentioned in the reply; none if it mentions no patient.

    A refused command leaves no entry, because it has changed and shown nothing.
    """
    clinic_id, actor, role = _actor(request)
    is_refused = bool(getattr(reply, "refusals", None))
    if clinic_id is None or is_refused:
        return []
    shown: dict[int | None, set[str]] = {}
    for record in _records(reply):
        patient_id = record.id if isinstance(record, PatientRecord) else record.patient_id
        shown.setdefault(patient_id, set()).update(_shown(record))
    is_change = isinstance(request, Command) and not _is_dry_run(request)
    changed = _set_fields(request) if is_change else ()
    return [
        AuditEntry(
            clinic_id=clinic_id,
            actor=actor,
            role=role,
            kind=AuditKind.CHANGE if is_change else AuditKind.READ,
            action=type(request).__name__,
            patient_id=patient_id,
            fields=changed if is_change else tuple(sorted(fields)),
            command_id=command_id,
        )
        for patient_id, fields in shown.items()
    ]


def list_audit(uow: PrivacyUnitOfWork, ask: ListAudit) -> AuditPage | None:
    patient_id = find_patient_id(uow, ask.scope, ask.reference, ask.patient_id)
    if patient_id is None:
        return None
    page = uow.audit.page(Key.within(ask.scope, patient_id), ask.limit, ask.after)
    return AuditPage(items=tuple(page[: ask.limit]), has_more=len(page) > ask.limit)


def find_patient_id(
    uow: PrivacyUnitOfWork, scope: Scope, reference: str | None, patient_id: int | None
) -> int | None:
    """The id of a patient within the scope, by that id or by the clinic's reference."""
    if patient_id is not None:
        key = Key.within(scope, patient_id)
        return patient_id if key in uow.patients.get([key]) else None
    patient_ids = uow.patients.referred([(scope, reference)]) if reference else {}
    return next(iter(patient_ids.values()), None)


def _actor(request: Any) -> tuple[int | None, str, str]:  # noqa: ANN401 - any ask
    scope = getattr(request, "scope", None)
    if isinstance(scope, Scope):
        return scope.clinic_id, scope.actor, str(scope.role)
    return getattr(request, "clinic_id", None), getattr(request, "actor", LINK), LINK


def _is_dry_run(request: Any) -> bool:  # noqa: ANN401 - any ask
    return any(getattr(request, name, False) for name in _DRY_RUN_FLAGS)


def _set_fields(command: msgspec.Struct) -> tuple[str, ...]:
    """The names of a command's fields that differ from their defaults."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(command)
        if field.name not in _NOT_RECORDED and getattr(command, field.name) != field.default
    )


def _shown(record: msgspec.Struct) -> Iterator[str]:
    return (name for name in _personal(type(record)) if getattr(record, name) is not None)


def _records(reply: Any) -> Iterator[Any]:  # noqa: ANN401 - any reply
    """The outermost records that mention a patient. Records inside them are of the same one."""
    if isinstance(reply, tuple | list):
        for part in reply:
            yield from _records(part)
    elif isinstance(reply, msgspec.Struct):
        if isinstance(reply, PatientRecord) or _names_patient(type(reply)):
            yield reply
            return
        for name in reply.__struct_fields__:
            part = getattr(reply, name)
            if isinstance(part, msgspec.Struct | tuple):
                yield from _records(part)


@cache
def _names_patient(kind: type[msgspec.Struct]) -> bool:
    return "patient_id" in kind.__struct_fields__


@cache
def _personal(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name in _PERSONAL)
