"""Going back from a clinic's own values to the plan as the release has it."""

from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.content import RemoveOverlay


def remove_overlay(uow: ContentUnitOfWork, command: RemoveOverlay) -> bool:
    """Stop using the values. Returns False if the clinic had none in use."""
    uow.releases.begin_publishing()
    return uow.overlays.stop_using(command.clinic_id, command.plan)
