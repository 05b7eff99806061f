"""What a plan's step says about one procedure of one patient."""

from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from services.chassis.vault import Vault
from services.contracts.catalog import AftercarePlan, AftercareStep, Voice
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.locales import reader_locale, text_in
from services.reminders.core.message_text import MessageFacts
from services.reminders.core.readable_times import hours_in_words
from services.reminders.database import seal_contexts as contexts
from services.reminders.delivery.storage.case_rows import Known, Place

PLANS_KEPT: Final = 256


class About(msgspec.Struct, frozen=True):
    """A procedure's times, and the plan that goes with it as it is stored."""

    content: bytes
    procedure_at: datetime
    procedure_ended_at: datetime | None


class _Spoken(msgspec.Struct, frozen=True):
    """What of a plan a message is made of; steps by key."""

    steps: dict[str, AftercareStep]
    locale: str
    voice: Voice | None


class Telling:
    """Plans are decoded once: a plan version never changes."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._decode = lru_cache(maxsize=PLANS_KEPT)(_decoded)

    def said(
        self, person: Known, place: Place, about: About, step_key: str, now: datetime
    ) -> tuple[AftercareStep | None, MessageFacts]:
        """Find the step, and the facts that its text may name."""
        plan = self._decode(about.content)
        tag = reader_locale(plan.locale, reader=person.locale, country=place.country)
        facts = MessageFacts(
            clinic_name=place.name,
            clinic_phone=place.phone,
            voice=plan.voice,
            emergency_number=emergency_number_for(
                person.region, country=place.country, own=place.emergency_number
            ),
            patient_name=self._name(person),
            procedure_at=about.procedure_at,
            procedure_ended_at=about.procedure_ended_at or about.procedure_at,
            read_at=now,
            time_zone=person.time_zone or place.time_zone,
            locale=tag,
            clinic_hours=hours_in_words(place.opening_hours, tag),
            out_of_hours=text_in(tag, place.out_of_hours, written_in=place.locale),
        )
        return plan.steps.get(step_key), facts

    def _name(self, person: Known) -> str | None:
        if person.name_sealed is None:
            return None
        return self._vault.open_text(person.name_sealed, context=contexts.PATIENT_NAME)


def _decoded(content: bytes) -> _Spoken:
    plan = msgspec.msgpack.decode(content, type=AftercarePlan)
    return _Spoken({step.key: step for step in plan.steps}, plan.served_locale, plan.voice)
