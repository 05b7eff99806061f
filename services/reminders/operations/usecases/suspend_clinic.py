"""Suspends a clinic, or ends its suspension."""

from services.contracts.clinics import SuspendClinic
from services.contracts.errors import Refusal, not_found
from services.contracts.events import ClinicChanged
from services.contracts.operations import PlaceHold, ReleaseHold
from services.contracts.reminders import ClinicRecord
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork
from services.reminders.operations.usecases.holds import place_hold, release_hold
from services.reminders.operations.usecases.require_reason import missing_reason


def suspend_clinic(uow: OperationsUnitOfWork, command: SuspendClinic) -> ClinicRecord | Refusal:
    """A suspended clinic has a hold. Releasing only the hold leaves the clinic suspended."""
    clinic = uow.clinics.lock(command.clinic_id)
    if clinic is None:
        return not_found("clinic")
    if fault := missing_reason(command.reason):
        return fault
    if command.is_suspended == (clinic.suspended_at is not None):
        return clinic
    if command.is_suspended:
        hold = PlaceHold(clinic_id=clinic.id, reason=command.reason, actor=command.actor)
        placed = place_hold(uow, hold)
        if isinstance(placed, Refusal):
            return placed
        uow.clinics.suspend(clinic.id, placed.id)
    elif (hold_id := uow.clinics.resume(clinic.id)) is not None:
        release = ReleaseHold(hold_id=hold_id, reason=command.reason, actor=command.actor)
        release_hold(uow, release)  # refused if it was released before
    uow.announce(ClinicChanged(clinic_id=clinic.id))
    return uow.clinics.get([clinic.id])[clinic.id]
