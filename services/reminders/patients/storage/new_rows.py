"""The columns of new and changed rows of patients, with what is sealed in them."""

from collections.abc import Mapping
from typing import Any

from services.chassis.vault import Vault
from services.contracts.reminders import Scope
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.seal_contexts import address_index
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient


def patient_values(vault: Vault, scope: Scope, new: NewPatient) -> dict[str, Any]:
    """The columns of a new patient, except its time."""
    name = new.display_name
    return {
        "clinic_id": scope.clinic_id,
        "mode": scope.mode,
        "reference": new.reference,
        "name_sealed": vault.seal_text(name, context=contexts.PATIENT_NAME) if name else None,
        "is_adult": new.is_adult,
        "time_zone": new.time_zone,
        "region": new.region,
        "locale": new.locale,
        "channels": [channel.value for channel in new.channels],
        "detail": new.detail,
    }


def changed_columns(vault: Vault, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold changed fields of a patient."""
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
    consent, context = new.consent, contexts.CONSENT_EVIDENCE
    return {
        "clinic_id": scope.clinic_id,
        "patient_id": new.patient_id,
        "contact_point_id": new.contact_point_id,
        "channel": consent.channel,
        "purpose": consent.purpose,
        "state": new.state,
        "detail": consent.detail,
        "method": consent.method,
        "basis": consent.basis,
        "source": consent.source,
        "wording_version": consent.wording_version,
        "evidence_sealed": vault.seal_text(consent.evidence, context=context)
        if consent.evidence
        else None,
        "recorded_by": new.recorded_by,
        "obtained_at": consent.obtained_at,
    }
