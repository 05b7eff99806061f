"""Shows and sets how long a clinic's data is kept."""

from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.privacy import Keeping, SetRetention, ShowRetention
from services.reminders.privacy.domain.retention import LONGEST_DAYS, SHORTEST_DAYS, DataKind
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork


def show_retention(uow: PrivacyUnitOfWork, ask: ShowRetention) -> tuple[Keeping, ...]:
    return tuple(uow.retention.get(ask.clinic_id, kind) for kind in DataKind)


def set_retention(uow: PrivacyUnitOfWork, command: SetRetention) -> Keeping | Refusal:
    if command.kind not in set(DataKind):
        message = f"There is no such kind of data. Kinds: {', '.join(DataKind)}."
        return refuse(UserErrorCode.INVALID, message, "kind")
    if command.days is not None and command.days < SHORTEST_DAYS:
        message = f"Keep it {SHORTEST_DAYS} days at least: what is younger may be at work."
        return refuse(UserErrorCode.INVALID, message, "days")
    if command.days is not None and command.days > LONGEST_DAYS:
        message = f"Keep it {LONGEST_DAYS:,} days at most."
        return refuse(UserErrorCode.INVALID, message, "days")
    kind = DataKind(command.kind)
    uow.retention.set_days(command.clinic_id, kind, command.days)
    return uow.retention.get(command.clinic_id, kind)
