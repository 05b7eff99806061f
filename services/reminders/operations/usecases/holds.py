"""Lists, places and releases the holds that keep messages back, those of a clinic too."""

import msgspec

from services.contracts.clinics import SuspendClinic
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.events import ClinicChanged
from services.contracts.operations import HoldRecord, ListHolds, PlaceHold, ReleaseHold
from services.contracts.reminders import ClinicRecord
from services.reminders.operations.domain.operation import NewOperation, missing_reason
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork


def list_holds(uow: OperationsUnitOfWork, ask: ListHolds) -> tuple[HoldRecord, ...]:
    return tuple(uow.holds.list(is_past=ask.is_past))


def place_hold(uow: OperationsUnitOfWork, command: PlaceHold) -> HoldRecord | Refusal:
    """Keep matching messages back, from the workers' next claim on."""
    if fault := missing_reason(command.reason):
        return fault
    [placed] = uow.holds.list([uow.holds.place(command)])
    uow.operations.add(_operation("HOLD", placed, command.actor, command.reason))
    return placed


def release_hold(uow: OperationsUnitOfWork, command: ReleaseHold) -> HoldRecord | Refusal:
    """Release the messages of a hold, unless another hold matches them."""
    if fault := missing_reason(command.reason):
        return fault
    if not uow.holds.release(command.hold_id, command.actor):
        message = f"There is no hold {command.hold_id} that stands."
        return refuse(UserErrorCode.NOT_FOUND, message, "hold_id")
    [released] = uow.holds.list([command.hold_id])
    uow.operations.add(_operation("RELEASE", released, command.actor, command.reason))
    return released


def _operation(kind: str, hold: HoldRecord, actor: str, reason: str) -> NewOperation:
    names = ("clinic_id", "channel", "provider", "plan", "plan_version")
    filters = {name: value for name in names if (value := getattr(hold, name)) is not None}
    return NewOperation(
        kind=kind,
        actor=actor,
        reason=reason,
        filters=msgspec.json.encode({"hold": hold.id, **filters}).decode(),
        affected=hold.kept_back,
    )


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
