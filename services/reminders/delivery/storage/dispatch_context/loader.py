"""Loads everything that deciding about claimed messages needs, one table at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
import sqlalchemy as sa

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, Voice
from services.contracts.words import SuppressionReason
from services.reminders.consent.storage.suppressions import awaiting_staff
from services.reminders.core.caps import OfToday, before
from services.reminders.core.clinic import emergency_number_for
from services.reminders.core.enrollment import follows_procedure, is_unconfirmed
from services.reminders.core.holds import Subject, held_providers, hold_on, is_withdrawn
from services.reminders.core.locales import reader_locale, text_in
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.core.outbound import Claim
from services.reminders.core.readable_times import hours_in_words
from services.reminders.core.windows import NoSuchZone, Window, ZonesOf, no_zones
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.unit_of_work import alone
from services.reminders.delivery.domain.dispatch import (
    IGNORED,
    DispatchContext,
    DispatchFacts,
    Rule,
)
from services.reminders.delivery.storage.dispatch_context.related_rows import (
    Address,
    PatientChannel,
    PlannedStep,
    open_address,
    read_daily_counts,
    read_merged_steps,
    read_refusals,
    read_staff_addresses,
    read_suppressions,
)
from services.reminders.delivery.storage.dispatch_context.rows import (
    ClinicRow,
    Key,
    MessageRow,
    PlanKey,
    PlanVersionRow,
    SendersOfClinics,
    midnight,
    read_clinics,
    read_holds,
    read_messages,
    read_plan_versions,
    read_senders,
    window_of,
)
from services.reminders.delivery.storage.parts import read_sent_parts

log = get_logger(__name__)

Plans = Mapping[PlanKey, PlanVersionRow]

PLANS_KEPT: Final = 256

_NO_SUPPRESSIONS: Final[frozenset[SuppressionReason]] = frozenset()


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
        self, message: MessageRow, clinic: ClinicRow, planned: PlannedStep, now: datetime
    ) -> tuple[AftercareStep | None, MessageFacts]:
        """The step is None if the plan has none of this key."""
        plan = self._decode(planned.content)
        lives_in = message.region or clinic.country
        tag = reader_locale(plan.locale, reader=message.locale, place=lives_in)
        facts = MessageFacts(
            clinic_name=clinic.name,
            sms_name=clinic.sms_name,
            clinic_phone=clinic.phone,
            voice=plan.voice,
            emergency_number=emergency_number_for(
                message.region, country=clinic.country, own=clinic.emergency_number
            ),
            patient_name=self._name(message),
            procedure_at=planned.procedure_at,
            procedure_ended_at=planned.procedure_ended_at or planned.procedure_at,
            read_at=now,
            time_zone=message.time_zone or clinic.time_zone,
            visit_zone=clinic.time_zone,
            locale=tag,
            clinic_hours=hours_in_words(clinic.opening_hours, tag),
            out_of_hours=text_in(tag, clinic.out_of_hours, written_in=clinic.locale),
        )
        return plan.steps.get(planned.step_key), facts

    def _name(self, message: MessageRow) -> str | None:
        if message.name_sealed is None:
            return None
        return self._vault.open_text(message.name_sealed, context=contexts.PATIENT_NAME)


def _decode(content: bytes) -> _DecodedPlan:
    plan = msgspec.msgpack.decode(content, type=AftercarePlan)
    return _DecodedPlan({step.key: step for step in plan.steps}, plan.served_locale, plan.voice)


class DispatchContextLoader:
    """Loads dispatch contexts.

    In production (`is_production`) a sender that lacks what a law or a contract requires is left
    out. `counts_days` says that a daily cap is set, so what patients get today is read.
    """

    def __init__(
        self,
        engine: sa.Engine,
        vault: Vault,
        *,
        is_production: bool = False,
        counts_days: bool = True,
        zones_of: ZonesOf = no_zones,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._is_production = is_production
        self._counts_days = counts_days
        self._zones_of = zones_of
        self._plan_versions: dict[PlanKey, PlanVersionRow] = {}
        self._step_facts = StepFacts(vault)

    def load(self, claims: Sequence[Claim]) -> tuple[datetime, list[DispatchContext]]:
        """Return the product's now, and the claims' contexts in order.

        A claim whose rows cannot be read (its key is gone, its time zone does not exist) is logged
        and left out: it must not hold up the others.
        """
        with alone(self._engine) as connection:
            batch = _Batch(connection, claims, self._vault, self._zones_of)
            if self._counts_days:
                batch.count_days()
            senders = read_senders(connection, batch.clinics, is_strict=self._is_production)
            plans = self._read_plans(connection, batch.plan_keys)
        loaded = (self._load(batch, senders, plans, claim) for claim in claims)
        return batch.now, [context for context in loaded if context]

    def _read_plans(self, connection: sa.Connection, keys: set[PlanKey]) -> Plans:
        missing = keys - self._plan_versions.keys()
        if missing:
            kept = self._plan_versions
            if len(kept) + len(missing) > PLANS_KEPT:
                kept = {key: plan for key, plan in kept.items() if key in keys}
            for plan in read_plan_versions(connection, missing):
                kept[plan.clinic_id, plan.id] = plan
            self._plan_versions = kept
        return self._plan_versions

    def _load(
        self, batch: "_Batch", senders: SendersOfClinics, plans: Plans, claim: Claim
    ) -> DispatchContext | None:
        try:
            message = batch.messages[claim.key]
            plan = plans.get((claim.clinic_id, message.plan_version_id or 0))
            return self._build(batch, senders, plan, claim)
        except (CannotOpen, NoSuchZone, msgspec.MsgspecError):
            log.exception("unreadable", clinic=claim.clinic_id, outbound=claim.id)
            return None

    def _build(
        self, batch: "_Batch", senders: SendersOfClinics, plan: PlanVersionRow | None, claim: Claim
    ) -> DispatchContext:
        message, address = batch.messages[claim.key], batch.address(claim)
        step, message_facts = self._step_of(batch, plan, claim)
        subject = _subject(claim, plan)
        sent = batch.sent_parts.get(claim.key)
        return DispatchContext(
            claim=claim,
            facts=msgspec.structs.replace(
                batch.facts(claim, address, subject),
                awaits_procedure=_awaits_procedure(message, step, batch.now),
                part_accepted_at=sent.accepted_at if sent else None,
            ),
            address=address.plain if address else None,
            address_indexes=address.indexes if address else (),
            senders=senders.usable(claim),
            sender_lack=senders.lack(claim),
            held_providers=held_providers(subject, batch.holds) if batch.holds else {},
            refused_by=batch.refusals.get(claim.key, frozenset()),
            step=step,
            message_facts=message_facts,
            merged_steps=self._merged_steps(batch, claim),
            stored_text=self._stored_text(claim) if claim.step_key is None or sent else None,
            sent_parts=sent,
        )

    def _stored_text(self, claim: Claim) -> RenderedMessage | None:
        """Open a text that was written with the message, or of which a part has left."""
        if claim.body_sealed is None:
            return None
        return RenderedMessage(
            text=self._vault.open_text(claim.body_sealed, context=contexts.BODY),
            subject=self._vault.open_text(claim.subject_sealed, context=contexts.SUBJECT)
            if claim.subject_sealed
            else None,
        )

    def _step_of(
        self, batch: "_Batch", plan: PlanVersionRow | None, claim: Claim
    ) -> tuple[AftercareStep | None, MessageFacts | None]:
        message = batch.messages[claim.key]
        if plan is None or claim.step_key is None or message.procedure_at is None:
            return None, None
        planned = PlannedStep(
            claim.step_key, plan.content, message.procedure_at, message.procedure_ended_at
        )
        clinic = batch.clinics[claim.clinic_id]
        return self._step_facts.find(message, clinic, planned, batch.now)

    def _merged_steps(self, batch: "_Batch", claim: Claim) -> tuple[StepText, ...]:
        message, clinic = batch.messages[claim.key], batch.clinics[claim.clinic_id]
        steps = [
            self._step_facts.find(message, clinic, merged, batch.now)
            for merged in batch.merged_steps.get(claim.key, ())
        ]
        return tuple(StepText(step, facts) for step, facts in steps if step is not None)


class _Batch:
    """The rows of some claims, each table read once."""

    def __init__(
        self,
        connection: sa.Connection,
        claims: Sequence[Claim],
        vault: Vault,
        zones_of: ZonesOf,
    ) -> None:
        self._connection = connection
        self._zones_of = zones_of
        self._claims = claims
        self.messages = read_messages(connection, claims)
        self.now = next(iter(self.messages.values())).now
        self.clinics = read_clinics(connection, claims)
        self.plan_keys = {
            (row.clinic_id, row.plan_version_id)
            for row in self.messages.values()
            if row.plan_version_id is not None
        }
        self._addresses: dict[Key, Address | CannotOpen | None] = {
            claim.key: self._open(claim, vault) for claim in claims
        }
        self._addresses.update(read_staff_addresses(connection, claims, vault))
        self.merged_steps = read_merged_steps(connection, claims)
        self._suppressions = read_suppressions(
            connection,
            [
                (claim.clinic_id, claim.channel, index)
                for claim in claims
                if isinstance(address := self._addresses[claim.key], Address)
                for index in address.indexes
            ],
        )
        self._on_hold = awaiting_staff(connection, self.clinics)
        self.holds = read_holds(connection)
        self.refusals = read_refusals(connection, claims)
        self.sent_parts = read_sent_parts(connection, claims)
        self._daily_counts: Mapping[PatientChannel, list[OfToday]] = {}

    def count_days(self) -> None:
        """Read what the patients get on their own day."""
        capped = [claim for claim in self._claims if Rule.CAP not in IGNORED[claim.kind]]
        if capped:
            midnights = {
                (claim.clinic_id, claim.patient_id): midnight(self.now, window)
                for claim in capped
                if claim.patient_id is not None and (window := self._window_if_any(claim))
            }
            self._daily_counts = read_daily_counts(self._connection, capped, midnights)

    def _before(self, claim: Claim) -> int:
        key = (claim.clinic_id, claim.patient_id or 0, claim.channel)
        return before(claim.id, self._daily_counts.get(key, ()))

    def _window_if_any(self, claim: Claim) -> Window | None:
        try:
            return self._window(claim)
        except NoSuchZone:
            return None

    def _window(self, claim: Claim) -> Window:
        address = self._addresses[claim.key]
        number = address.plain if isinstance(address, Address) else None
        if claim.channel is not Channel.SMS:
            number = None
        clinic = self.clinics[claim.clinic_id]
        return window_of(self.messages[claim.key], clinic, number, self._zones_of)

    def _open(self, claim: Claim, vault: Vault) -> Address | CannotOpen | None:
        sealed = self.messages[claim.key].address_sealed
        if sealed is None:
            return None
        try:
            return open_address(vault, claim.channel, sealed, contexts.ADDRESS)
        except CannotOpen as fault:
            return fault

    def address(self, claim: Claim) -> Address | None:
        """Return the message's address, if it has one. Raises CannotOpen."""
        address = self._addresses[claim.key]
        if isinstance(address, CannotOpen):
            raise address
        return address

    def facts(self, claim: Claim, address: Address | None, subject: Subject) -> DispatchFacts:
        message = self.messages[claim.key]
        keys = [
            (claim.clinic_id, claim.channel, index)
            for index in (address.indexes if address else ())
        ]
        return DispatchFacts(
            has_contact=address is not None,
            suppressions=_NO_SUPPRESSIONS.union(
                *(self._suppressions[key] for key in keys if key in self._suppressions)
            ),
            consent=message.consent,
            is_shared_address=message.is_shared,
            awaits_staff=any(key in self._on_hold for key in keys),
            window=self._window(claim),
            enrollment_status=message.enrollment_status,
            procedure_state=message.procedure_state,
            hold_id=hold_on(subject, self.holds) if self.holds else None,
            is_plan_withdrawn=is_withdrawn(subject, self.holds),
            before_it_today=self._before(claim),
            **message.preferences,
        )


def _subject(claim: Claim, plan: PlanVersionRow | None) -> Subject:
    return Subject(
        clinic_id=claim.clinic_id,
        channel=claim.channel,
        plan=plan.slug if plan else None,
        plan_version=plan.version if plan else None,
    )


def _awaits_procedure(message: MessageRow, step: AftercareStep | None, now: datetime) -> bool:
    state, at = message.procedure_state, message.procedure_at
    return (
        state is not None
        and at is not None
        and step is not None
        and is_unconfirmed(state, at, now)
        and follows_procedure(step)
    )
