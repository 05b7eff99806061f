"""Whether a clinic can be alerted, before patients are told to answer it."""

from services.contracts.catalog import AftercarePlan
from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork


def cannot_be_alerted(
    uow: EnrollmentsUnitOfWork, clinic_id: int, plan: AftercarePlan, *, is_production: bool
) -> Refusal | None:
    """Refuse, in production, a plan that asks patients how they are while nobody would hear."""
    asks = any(step.check_in is not None for step in plan.steps)
    if not is_production or not asks or uow.alert_contacts.is_chain_proven(clinic_id):
        return None
    message = (
        "This plan asks patients how they are, and nobody of the clinic has confirmed a test alert"
        " yet: add whom to alert with `clinics alerts add`, try them with `clinics test-alert`, and"
        " open the link that one of them gets."
    )
    return refuse(UserErrorCode.NOT_ALLOWED, message, "plan")
