"""How long data is kept: what a clinic decides, and the purge that follows from it."""

from collections.abc import Sequence

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.privacy import Keeping, SetRetention, ShowRetention
from services.reminders.core.refusing import refuse
from services.reminders.privacy.domain.retention import LONGEST_DAYS, SHORTEST_DAYS, Kept
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork


def show_retention(
    uow: PrivacyUnitOfWork, asks: Sequence[ShowRetention]
) -> list[tuple[Keeping, ...]]:
    return [tuple(uow.retention.keeping(ask.clinic_id, kind) for kind in Kept) for ask in asks]


def set_retention(uow: PrivacyUnitOfWork, command: SetRetention) -> Keeping | Refusal:
    if command.kind not in set(Kept):
        message = f"There is no such kind of data. Kinds: {', '.join(Kept)}."
        return refuse(UserErrorCode.INVALID, message, "kind")
    if command.days is not None and command.days < SHORTEST_DAYS:
        message = f"Keep it {SHORTEST_DAYS} days at least: what is younger may be at work."
        return refuse(UserErrorCode.INVALID, message, "days")
    if command.days is not None and command.days > LONGEST_DAYS:
        message = f"Keep it {LONGEST_DAYS:,} days at most."
        return refuse(UserErrorCode.INVALID, message, "days")
    kind = Kept(command.kind)
    uow.retention.keep(command.clinic_id, kind, command.days)
    return uow.retention.keeping(command.clinic_id, kind)
