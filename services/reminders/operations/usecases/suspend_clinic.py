"""Suspends a clinic, and lets it send again."""

from services.contracts.clinics import SuspendClinic
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ClinicChanged
from services.contracts.operations import PlaceHold, ReleaseHold
from services.contracts.reminders import ClinicRecord
from services.reminders.core.refusing import refuse
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork
from services.reminders.operations.usecases.operate import place_hold, release_hold


def suspend_clinic(uow: OperationsUnitOfWork, command: SuspendClinic) -> ClinicRecord | Refusal:
    """An operator's hold keeps back what it sends; releasing that alone leaves it suspended."""
    known = uow.clinics.lock(command.clinic_id)
    if known is None:
        return refuse(UserErrorCode.NOT_FOUND, "There is no such clinic.", "clinic_id")
    if not command.reason.strip():
        return refuse(UserErrorCode.REQUIRED, "Say why: it is kept with what was done.", "reason")
    if command.is_suspended == (known.suspended_at is not None):
        return known
    if command.is_suspended:
        hold = PlaceHold(clinic_id=known.id, reason=command.reason, actor=command.actor)
        placed = place_hold(uow, hold)
        if isinstance(placed, Refusal):
            return placed
        uow.clinics.suspend(known.id, placed.id)
    elif (held := uow.clinics.resume(known.id)) is not None:
        release = ReleaseHold(hold_id=held, reason=command.reason, actor=command.actor)
        release_hold(uow, release)  # refused where somebody released it before
    uow.announce(ClinicChanged(clinic_id=known.id))
    return uow.clinics.get([known.id])[known.id]
