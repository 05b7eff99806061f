"""Lists escalations for staff, acknowledges them, and resolves them with an outcome."""

from collections.abc import Collection, Mapping
from typing import Final

from services.contracts.check_ins import (
    AcknowledgeAlert,
    AcknowledgeEscalation,
    AlertShown,
    EscalationPage,
    EscalationRecord,
    EscalationReply,
    ListEscalations,
    ResolveEscalation,
    ShowAlert,
)
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.events import EscalationChanged
from services.contracts.words import CheckInLevel, Role
from services.reminders.check_ins.domain.alert import StoredAlert
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.core.key import Key

_LONGEST_NAME: Final = 100
_LONGEST_NOTE: Final = 2000
_MAY_JUDGE: Final = frozenset({Role.CLINICIAN, Role.ADMIN})
"""Roles that may resolve a RED escalation."""


def list_escalations(uow: CheckInsUnitOfWork, ask: ListEscalations) -> EscalationPage:
    records, total = uow.escalations.page(ask)
    return EscalationPage(
        items=tuple(records[: ask.limit]), has_more=len(records) > ask.limit, total=total
    )


def get_escalations(
    uow: CheckInsUnitOfWork, keys: Collection[Key]
) -> Mapping[Key, EscalationRecord]:
    return uow.escalations.get(keys)


def acknowledge_escalation(
    uow: CheckInsUnitOfWork, command: AcknowledgeEscalation
) -> EscalationReply:
    """End the alerts of an escalation. If it was acknowledged before, that stays."""
    key = Key.within(command.scope, command.escalation_id)
    name = (command.by or "").strip()
    if refusal := _missing(uow, key) or (_name_fault(name) if command.by else None):
        return EscalationReply.refused(refusal)
    if uow.escalations.acknowledge(key, name or command.scope.actor):
        _announce(uow, key)
    return EscalationReply(escalation=uow.escalations.get([key])[key])


def resolve_escalation(uow: CheckInsUnitOfWork, command: ResolveEscalation) -> EscalationReply:
    key = Key.within(command.scope, command.escalation_id)
    if refusal := _missing(uow, key):
        return EscalationReply.refused(refusal)
    escalation = uow.escalations.get([key])[key]
    if refusal := _obstacle(command, escalation):
        return EscalationReply(escalation=escalation, refusals=(refusal,))
    if escalation.resolved_at is None:
        uow.escalations.acknowledge(key, command.scope.actor)
        uow.escalations.resolve(key, command.scope.actor, command.outcome, command.note)
        _announce(uow, key)
    return EscalationReply(escalation=uow.escalations.get([key])[key])


def show_alert(uow: CheckInsUnitOfWork, ask: ShowAlert) -> AlertShown | None:
    return _alert_shown(uow, ask.clinic_id, ask.alert_id)


def acknowledge_alert(uow: CheckInsUnitOfWork, command: AcknowledgeAlert) -> AlertShown | None:
    """Acknowledge on the alert's page. A test alert proves that its contact can be reached."""
    alert = uow.alerts.get(command.clinic_id, command.alert_id)
    by = command.by.strip()
    if alert is None or _name_fault(by):
        return None
    uow.alerts.confirm(alert.clinic_id, alert.id, by)
    key = _escalation_of(alert)
    if key is not None and uow.escalations.acknowledge(key, by):
        _announce(uow, key)
    return _alert_shown(uow, command.clinic_id, command.alert_id)


def _obstacle(command: ResolveEscalation, escalation: EscalationRecord) -> Refusal | None:
    if command.note is not None and len(command.note) > _LONGEST_NOTE:
        message = f"A note has at most {_LONGEST_NOTE} characters."
        return refuse(UserErrorCode.INVALID, message, "note")
    if escalation.level is CheckInLevel.RED and command.scope.role not in _MAY_JUDGE:
        message = "What came of a red flag is for a clinician to say; you can acknowledge it."
        return refuse(UserErrorCode.NOT_ALLOWED, message, "escalation_id")
    if escalation.outcome not in (None, command.outcome):
        message = "It was resolved before, with another outcome."
        return refuse(UserErrorCode.CONFLICT, message, "outcome", existing_id=escalation.id)
    return None


def _missing(uow: CheckInsUnitOfWork, key: Key) -> Refusal | None:
    if uow.escalations.get([key]):
        return None
    return not_found("escalation")


def _name_fault(by: str) -> Refusal | None:
    """The name of a person. `key:` is refused, because it would look like an API key's holder."""
    if 0 < len(by) <= _LONGEST_NAME and not by.startswith("key:"):
        return None
    message = f"Give a person's name of 1 to {_LONGEST_NAME} characters."
    return refuse(UserErrorCode.INVALID, message, "by")


def _alert_shown(uow: CheckInsUnitOfWork, clinic_id: int, alert_id: int) -> AlertShown | None:
    alert = uow.alerts.get(clinic_id, alert_id)
    if alert is None:
        return None
    clinic = uow.clinics.get([clinic_id])[clinic_id]
    key = _escalation_of(alert)
    escalation = None if key is None else uow.escalations.get([key])[key]
    return AlertShown(
        clinic_name=clinic.name,
        locale=clinic.locale,
        time_zone=clinic.time_zone,
        escalation_id=alert.escalation_id,
        opened_at=escalation.opened_at if escalation else alert.sent_at,
        acknowledged_at=escalation.acknowledged_at if escalation else alert.acknowledged_at,
        acknowledged_by=escalation.acknowledged_by if escalation else alert.acknowledged_by,
    )


def _escalation_of(alert: StoredAlert) -> Key | None:
    if alert.escalation_id is None:
        return None
    return Key(alert.clinic_id, alert.mode, alert.escalation_id)


def _announce(uow: CheckInsUnitOfWork, key: Key) -> None:
    uow.announce(EscalationChanged(clinic_id=key.clinic_id, escalation_id=key.id))
