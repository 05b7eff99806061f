"""Records what providers and patients send in, and logs what operators have to see."""

from services.chassis.logs import get_logger
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.reminders.check_ins.usecases.record_inbound import record_inbound
from services.reminders.delivery.usecases.record_receipt import record_receipt
from services.reminders.unit_of_work import RemindersUnitOfWork

log = get_logger(__name__)


def receive_receipt(uow: RemindersUnitOfWork, receipt: RecordReceipt) -> bool:
    """Returns whether the attempt is known."""
    effect = record_receipt(uow, receipt)
    if effect.is_contrary:
        log.warning("contrary_receipt", clinic=receipt.clinic_id, attempt=receipt.attempt_id)
    return effect.is_known


def receive_inbound(uow: RemindersUnitOfWork, inbound: RecordInbound) -> bool:
    """Returns whether the text is new."""
    effect = record_inbound(uow, inbound)
    if not effect.has_clinic:
        log.warning("text_for_nobody", provider=inbound.provider)
    return effect.is_new
