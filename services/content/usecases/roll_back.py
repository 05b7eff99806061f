"""Making an earlier release current again. It was published whole, so nothing is rebuilt."""

from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.reapply_overlays import reapply_overlays
from services.contracts.content import RollBack, RollBackReply


def roll_back(uow: ContentUnitOfWork, command: RollBack) -> RollBackReply:
    """Make an earlier release current. Patients keep the plans that they were enrolled in.

    The values that clinics use are applied to it again.
    """
    uow.releases.begin_publishing()
    was = uow.releases.current_version()
    release = uow.releases.read(command.version)
    if release is None:
        return RollBackReply(info=None, was=was)
    uow.releases.make_current(command.version)
    return RollBackReply(info=release.info, was=was, conflicts=reapply_overlays(uow))
