"""What providers and patients send in: recorded, announced, and logged if it fits nowhere."""

from collections.abc import Iterable

from services.chassis.logs import get_logger
from services.contracts.events import ReminderChanged
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.replies import RecordUnsubscribe
from services.reminders.check_ins.usecases.record_inbound import record_inbound
from services.reminders.consent.usecases.unsubscribe import unsubscribe
from services.reminders.delivery.usecases.record_receipt import record_receipt
from services.reminders.unit_of_work import RemindersUnitOfWork

log = get_logger(__name__)


def record_and_report_receipt(uow: RemindersUnitOfWork, receipt: RecordReceipt) -> bool:
    """Returns whether the attempt is known."""
    effect = record_receipt(uow, receipt)
    if effect.is_contrary:
        log.warning("contrary_receipt", clinic=receipt.clinic_id, attempt=receipt.attempt_id)
    _announce(uow, effect.changed)
    return effect.is_known


def record_and_report_inbound(uow: RemindersUnitOfWork, inbound: RecordInbound) -> bool:
    """Returns whether the text is new."""
    effect = record_inbound(uow, inbound)
    if effect.is_nobodys:
        log.warning("text_for_nobody", provider=inbound.provider)
    _announce(uow, effect.skipped)
    return effect.is_new


def record_and_report_unsubscribe(uow: RemindersUnitOfWork, click: RecordUnsubscribe) -> bool:
    """Returns whether the address is known."""
    effect = unsubscribe(uow, click)
    _announce(uow, effect.skipped)
    return effect.is_known


def _announce(uow: RemindersUnitOfWork, keys: Iterable[tuple[int, int]]) -> None:
    for clinic_id, outbound_id in keys:
        uow.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id))
