"""All that is known about claimed messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import AftercareStep, Channel
from services.contracts.words import SuppressionReason
from services.reminders.clinics.storage.senders import SenderBook, read_senders
from services.reminders.consent.storage.addresses_on_hold import awaiting_staff
from services.reminders.core.caps import OfToday, before
from services.reminders.core.claim import Claim
from services.reminders.core.enrollment import follows_procedure, is_unconfirmed
from services.reminders.core.holds import Subject, held_providers, hold_on, is_withdrawn
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.core.windows import NoSuchZone, Window, ZonesOf, no_zones
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_indexes
from services.reminders.database.transactions import alone
from services.reminders.delivery.domain.case import Case
from services.reminders.delivery.domain.dispatch import IGNORED, Circumstances, Rule
from services.reminders.delivery.storage.carried import carried_by
from services.reminders.delivery.storage.case_rows import (
    Content,
    Key,
    Known,
    read_contents,
    read_known,
    read_places,
    read_suppressions,
)
from services.reminders.delivery.storage.daily_counts import Today, todays
from services.reminders.delivery.storage.holds import refusals, standing_holds
from services.reminders.delivery.storage.patient_windows import midnight, window_of
from services.reminders.delivery.storage.staff_addresses import staff_addresses
from services.reminders.delivery.storage.telling import PLANS_KEPT, About, Telling

log = get_logger(__name__)


class _Address(msgspec.Struct, frozen=True):
    plain: str
    indexes: tuple[bytes, ...]


class Cases:
    """Reads for sending.

    In production a sender that lacks what the law or a contract asks for is as if not there.
    `counts_days`: a daily cap is set, so what patients get today is looked up.
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
        self._contents: dict[Key, Content] = {}
        self._telling = Telling(vault)

    def load(self, claims: Sequence[Claim]) -> tuple[datetime, list[Case]]:
        """The product's now, and the claims' cases in order.

        What cannot be read (its key is gone, its zone has no name) is logged and left out: one
        such row must not hold up the others.
        """
        with alone(self._engine) as connection:
            found = _Reading(connection, claims, self._vault, self._zones_of)
            if self._counts_days:
                found.count_days()
            book = read_senders(connection, found.places, is_strict=self._is_production)
            contents = self._plans(connection, found.plans)
        cases = (self._read(found, book, contents, claim) for claim in claims)
        return found.now, [case for case in cases if case]

    def _plans(self, connection: sa.Connection, keys: set[Key]) -> Mapping[Key, Content]:
        missing = keys - self._contents.keys()
        if missing:
            if len(self._contents) + len(missing) > PLANS_KEPT:
                self._contents = {key: one for key, one in self._contents.items() if key in keys}
            for one in read_contents(connection, missing):
                self._contents[one.clinic_id, one.id] = one
        return self._contents

    def _read(
        self, found: "_Reading", book: SenderBook, contents: Mapping[Key, Content], claim: Claim
    ) -> Case | None:
        try:
            known = found.known[claim.key]
            content = contents.get((claim.clinic_id, known.plan_version_id or 0))
            return self._case(found, book, content, claim, known)
        except (CannotOpen, NoSuchZone, msgspec.MsgspecError):
            log.exception("unreadable", clinic=claim.clinic_id, outbound=claim.id)
            return None

    def _case(
        self, found: "_Reading", book: SenderBook, content: Content | None, claim: Claim,
        known: Known,
    ) -> Case:  # fmt: skip
        address = found.address(claim)
        step, facts = self._material(found, content, claim, known)
        subject = _subject(claim, content)
        circumstances = found.circumstances(claim, known, address, subject)
        return Case(
            claim=claim,
            circumstances=msgspec.structs.replace(
                circumstances, awaits_procedure=_awaits_procedure(known, step, found.now)
            ),
            address=address.plain if address else None,
            address_indexes=address.indexes if address else (),
            senders=book.usable(claim),
            sender_lack=book.lack(claim),
            held_providers=held_providers(subject, found.holds) if found.holds else {},
            refused_by=found.refusals.get(claim.key, frozenset()),
            step=step,
            facts=facts,
            carries=self._carries(found, claim, known),
            written=self._written(claim) if claim.step_key is None else None,
        )

    def _written(self, claim: Claim) -> RenderedMessage | None:
        """A text made when the message was, such as an answer to what a patient wrote."""
        if claim.body_sealed is None:
            return None
        return RenderedMessage(
            text=self._vault.open_text(claim.body_sealed, context=contexts.BODY),
            subject=self._vault.open_text(claim.subject_sealed, context=contexts.SUBJECT)
            if claim.subject_sealed
            else None,
        )

    def _material(
        self, found: "_Reading", content: Content | None, claim: Claim, known: Known
    ) -> tuple[AftercareStep | None, MessageFacts | None]:
        if content is None or claim.step_key is None or known.procedure_at is None:
            return None, None
        about = About(content.content, known.procedure_at, known.procedure_ended_at)
        place = found.places[claim.clinic_id]
        return self._telling.said(known, place, about, claim.step_key, found.now)

    def _carries(self, found: "_Reading", claim: Claim, known: Known) -> tuple[StepText, ...]:
        place = found.places[claim.clinic_id]
        told = [
            self._telling.said(known, place, one.about, one.step_key, found.now)
            for one in found.carried.get(claim.key, ())
        ]
        return tuple(StepText(step, facts) for step, facts in told if step is not None)


class _Reading:
    """One batch's rows."""

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
        self.known = read_known(connection, claims)
        self.now = next(iter(self.known.values())).now
        self.places = read_places(connection, claims)
        self.plans = {
            (row.clinic_id, row.plan_version_id)
            for row in self.known.values()
            if row.plan_version_id is not None
        }
        self._addresses: dict[Key, _Address | CannotOpen | None] = {
            claim.key: self._open(claim, vault) for claim in claims
        }
        for key, plain, indexes in staff_addresses(connection, claims, vault):
            self._addresses[key] = _Address(plain, indexes)
        self.carried = carried_by(connection, claims)
        self._suppressions = read_suppressions(
            connection,
            [
                (claim.clinic_id, claim.channel, index)
                for claim in claims
                if isinstance(address := self._addresses[claim.key], _Address)
                for index in address.indexes
            ],
        )
        self._awaiting = awaiting_staff(connection, self.places)
        self.holds = standing_holds(connection)
        self.refusals = refusals(connection, claims)
        self._todays: Mapping[Today, list[OfToday]] = {}

    def count_days(self) -> None:
        """Look up what the patients get on their own day."""
        capped = [one for one in self._claims if Rule.CAP not in IGNORED[one.kind]]
        if capped:
            midnights = {
                (one.clinic_id, one.patient_id): midnight(self.now, window)
                for one in capped
                if one.patient_id is not None and (window := self._window_if_any(one))
            }
            self._todays = todays(self._connection, capped, midnights)

    def _before(self, claim: Claim) -> int:
        key = (claim.clinic_id, claim.patient_id or 0, claim.channel)
        return before(claim.id, self._todays.get(key, ()))

    def _window_if_any(self, claim: Claim) -> Window | None:
        try:
            return self._window(claim)
        except NoSuchZone:
            return None

    def _window(self, claim: Claim) -> Window:
        address = self._addresses[claim.key]
        number = address.plain if isinstance(address, _Address) else None
        if claim.channel is not Channel.SMS:
            number = None
        place = self.places[claim.clinic_id]
        return window_of(self.known[claim.key], place, number, self._zones_of)

    def _open(self, claim: Claim, vault: Vault) -> "_Address | CannotOpen | None":
        sealed = self.known[claim.key].address_sealed
        if sealed is None:
            return None
        try:
            plain = vault.open_text(sealed, context=contexts.ADDRESS)
        except CannotOpen as fault:
            return fault
        indexes = address_indexes(vault, claim.channel, plain)
        return _Address(plain, tuple(indexes))

    def address(self, claim: Claim) -> _Address | None:
        """Raises CannotOpen when there is one that cannot be read."""
        found = self._addresses[claim.key]
        if isinstance(found, CannotOpen):
            raise found
        return found

    def circumstances(
        self, claim: Claim, known: Known, address: _Address | None, subject: Subject
    ) -> Circumstances:
        at = [
            (claim.clinic_id, claim.channel, index)
            for index in (address.indexes if address else ())
        ]
        return Circumstances(
            has_contact=address is not None,
            suppressions=_NONE.union(
                *(self._suppressions[one] for one in at if one in self._suppressions)
            ),
            consent=known.consent,
            is_shared_address=known.is_shared,
            awaits_staff=any(one in self._awaiting for one in at),
            window=self._window(claim),
            hold_id=hold_on(subject, self.holds) if self.holds else None,
            is_plan_withdrawn=is_withdrawn(subject, self.holds),
            before_it_today=self._before(claim),
            **known.enrollment,
            **known.preferences,
        )


_NONE: frozenset[SuppressionReason] = frozenset()


def _subject(claim: Claim, content: Content | None) -> Subject:
    return Subject(
        clinic_id=claim.clinic_id,
        channel=claim.channel,
        plan=content.slug if content else None,
        plan_version=content.version if content else None,
    )


def _awaits_procedure(known: Known, step: AftercareStep | None, now: datetime) -> bool:
    state, at = known.enrollment.get("procedure_state"), known.procedure_at
    return (
        state is not None
        and at is not None
        and step is not None
        and is_unconfirmed(state, at, now)
        and follows_procedure(step)
    )
