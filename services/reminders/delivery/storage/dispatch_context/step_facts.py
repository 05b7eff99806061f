"""A step of a plan, and the facts that its text may name."""

from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from services.chassis.vault import Vault
from services.contracts.catalog import AftercarePlan, AftercareStep, Voice
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.locales import reader_locale, said_in
from services.reminders.core.message_text import MessageFacts
from services.reminders.core.readable_hours import hours_in_words
from services.reminders.database import seal_contexts as contexts
from services.reminders.delivery.storage.dispatch_context.clinic_rows import ClinicRow
from services.reminders.delivery.storage.dispatch_context.message_rows import MessageRow

PLANS_KEPT: Final = 256


class PlanOfProcedure(msgspec.Struct, frozen=True):
    """A procedure's times and its plan, which is encoded as it is stored."""

    content: bytes
    procedure_at: datetime
    procedure_ended_at: datetime | None


class _DecodedPlan(msgspec.Struct, frozen=True):
    """What messages need of a plan; steps by key."""

    steps: dict[str, AftercareStep]
    locale: str
    voice: Voice | None


class StepFacts:
    """Finds steps and their facts. Keeps decoded plans: a plan version never changes."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._decode = lru_cache(maxsize=PLANS_KEPT)(_decode)

    def find(
        self,
        message: MessageRow,
        clinic: ClinicRow,
        of: PlanOfProcedure,
        step_key: str,
        now: datetime,
    ) -> tuple[AftercareStep | None, MessageFacts]:
        """The step is None if the plan has none of this key."""
        plan = self._decode(of.content)
        tag = reader_locale(plan.locale, reader=message.locale, country=clinic.country)
        facts = MessageFacts(
            clinic_name=clinic.name,
            clinic_phone=clinic.phone,
            voice=plan.voice,
            emergency_number=emergency_number_for(
                message.region, country=clinic.country, own=clinic.emergency_number
            ),
            patient_name=self._name(message),
            procedure_at=of.procedure_at,
            procedure_ended_at=of.procedure_ended_at or of.procedure_at,
            said_at=now,
            time_zone=message.time_zone or clinic.time_zone,
            locale=tag,
            clinic_hours=hours_in_words(clinic.opening_hours, tag),
            out_of_hours=said_in(tag, clinic.out_of_hours, written_in=clinic.locale),
        )
        return plan.steps.get(step_key), facts

    def _name(self, message: MessageRow) -> str | None:
        if message.name_sealed is None:
            return None
        return self._vault.open_text(message.name_sealed, context=contexts.PATIENT_NAME)


def _decode(content: bytes) -> _DecodedPlan:
    plan = msgspec.msgpack.decode(content, type=AftercarePlan)
    return _DecodedPlan({step.key: step for step in plan.steps}, plan.served_locale, plan.voice)
