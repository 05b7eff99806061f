"""What the name that a clinic's texts begin with costs, in words."""

from collections.abc import Sequence
from typing import Final

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.contracts.catalog import Channel
from services.contracts.content import CountSmsParts, PlanParts
from services.contracts.reminders import ClinicRecord
from services.contracts.sms.segments import non_gsm_characters

_SECONDS: Final = 5.0
_PLAIN: Final = "M"


def name_cost(client: ThreadedAskClient, clinic: ClinicRecord) -> str:
    """Say how many segments the texts of a clinic's plans take, and with a plain name if fewer."""
    name = clinic.name_on(Channel.SMS)
    names = (name, _PLAIN * len(name))
    question = CountSmsParts(clinic_id=clinic.id, locale=clinic.locale, names=names)
    try:
        plans = client.ask(question, timeout=_SECONDS)
    except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed):
        plans = ()
    costly = " ".join(non_gsm_characters(name))
    if not costly:
        return _counted(plans)
    plain = sum(plan.parts[1] for plan in plans)
    return (
        f"every text is UCS-2, because of {costly}: {_counted(plans)}; {plain} parts with a name in"
        " the SMS alphabet (clinics change --sms-name)"
    )


def is_costly(clinic: ClinicRecord) -> bool:
    """Whether the name makes every text UCS-2."""
    return bool(non_gsm_characters(clinic.name_on(Channel.SMS)))


def _counted(plans: Sequence[PlanParts]) -> str:
    if not plans:
        return "cost unknown, as no plan is published or the content service does not answer"
    texts, parts = sum(plan.texts for plan in plans), sum(plan.parts[0] for plan in plans)
    longest = max(plan.longest[0] for plan in plans)
    return f"{parts} parts for the {texts} texts of {len(plans)} plans, the longest {longest}"
