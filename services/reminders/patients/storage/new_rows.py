"""The columns of new and changed rows of patients, with what is sealed in them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.chassis.vault import Vault
from services.contracts.reminders import Scope
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.seal_contexts import address_index
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient


def patient_values(vault: Vault, scope: Scope, new: NewPatient) -> dict[str, Any]:
    """The columns of a new patient, except its time."""
    values = msgspec.structs.asdict(new)
    return {"clinic_id": scope.clinic_id, "mode": scope.mode, **changed_columns(vault, values)}


def changed_columns(vault: Vault, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold fields of a patient."""
    columns = dict(values)
    if "display_name" in columns:
        name = (columns.pop("display_name") or "").strip()
        columns["name_sealed"] = (
            vault.seal_text(name, context=contexts.PATIENT_NAME) if name else None
        )
    if "quiet_hours" in columns:
        quiet = columns.pop("quiet_hours")
        columns["quiet_start"] = quiet and quiet.start
        columns["quiet_end"] = quiet and quiet.end
    if "channels" in columns:
        columns["channels"] = [channel.value for channel in columns["channels"]]
    return columns


def contact_values(
    vault: Vault, scope: Scope, patient_id: int, contact: NewContact
) -> dict[str, Any]:
    """The columns of a new contact point, except its time."""
    return {
        "clinic_id": scope.clinic_id,
        "patient_id": patient_id,
        "channel": contact.channel,
        "address_sealed": vault.seal_text(contact.address, context=contexts.ADDRESS),
        "address_index": address_index(vault, contact.channel, contact.address),
        "owner": contact.owner,
    }


def consent_values(vault: Vault, scope: Scope, new: NewConsent) -> dict[str, Any]:
    """The columns of a new entry in the consent ledger, except its time."""
    evidence, context = new.consent.evidence, contexts.CONSENT_EVIDENCE
    values = msgspec.structs.asdict(new) | msgspec.structs.asdict(new.consent)
    for name in ("consent", "granted", "evidence"):  # the state says what was granted
        del values[name]
    sealed = vault.seal_text(evidence, context=context) if evidence else None
    same = {"clinic_id": scope.clinic_id, "recorded_by": scope.actor}
    return {**same, **values, "evidence_sealed": sealed}
