"""All that is known about claimed messages, with one query a table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from services.chassis.clock import read_clock
from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import AftercareStep, Channel
from services.contracts.words import SuppressionReason
from services.reminders.domain.caps import OfToday, before
from services.reminders.domain.dispatch import (
    IGNORED,
    Circumstances,
    Claim,
    Rule,
    StandingConsent,
)
from services.reminders.domain.holds import Subject, held_providers, hold_on, is_withdrawn
from services.reminders.domain.message_text import MessageFacts, RenderedMessage, Said
from services.reminders.domain.procedure import follows_procedure, is_unconfirmed
from services.reminders.domain.windows import NoSuchZone, Window, ZonesOf, no_zones
from services.reminders.storage import contexts
from services.reminders.storage.alert_contacts import staff_addresses
from services.reminders.storage.awaiting import awaiting_staff
from services.reminders.storage.carried import carried_by
from services.reminders.storage.days import Today, todays
from services.reminders.storage.holds import refusals, standing_holds
from services.reminders.storage.patient_windows import midnight, window_of
from services.reminders.storage.rows import among, rows
from services.reminders.storage.senders import SenderBook, read_senders
from services.reminders.storage.tables import (
    clinic,
    consent,
    contact_point,
    enrollment,
    patient,
    plan_version,
    suppression,
)
from services.reminders.storage.telling import Telling
from services.reminders.storage.transactions import transaction
from services.reminders.usecases.delivery_ports import Case

Key = tuple[int, int]
Found = dict[Key, sa.Row[Any]]

log = get_logger(__name__)


class _Address(msgspec.Struct, frozen=True):
    plain: str
    indexes: tuple[bytes, ...]
    is_shared: bool


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
        self._telling = Telling(vault)

    def load(self, claims: Sequence[Claim]) -> tuple[datetime, list[Case]]:
        """The product's now, and the claims' cases in order.

        What cannot be read (its key is gone, its zone has no name) is logged and left out: one
        such row must not hold up the others.
        """
        with transaction(self._engine) as connection:
            now = read_clock(connection).product
            found = _Reading(connection, claims, self._vault, self._zones_of)
            found.count_days(now, is_counting=self._counts_days)
            book = read_senders(connection, found.clinics, is_strict=self._is_production)
        return now, [case for claim in claims if (case := self._read(found, book, claim, now))]

    def _read(
        self, found: "_Reading", book: SenderBook, claim: Claim, now: datetime
    ) -> Case | None:
        try:
            return self._case(found, book, claim, now)
        except (CannotOpen, NoSuchZone, msgspec.MsgspecError):
            log.exception("unreadable", clinic=claim.clinic_id, outbound=claim.id)
            return None

    def _case(self, found: "_Reading", book: SenderBook, claim: Claim, now: datetime) -> Case:
        address = found.address(claim)
        step, facts = self._material(found, claim, now)
        return Case(
            claim=claim,
            circumstances=msgspec.structs.replace(
                found.circumstances(claim, address),
                awaits_procedure=found.awaits_procedure(claim, step, now),
            ),
            address=address.plain if address else None,
            address_indexes=address.indexes if address else (),
            senders=book.usable(claim),
            sender_lack=book.lack(claim),
            held_providers=held_providers(found.subject(claim), found.holds),
            refused_by=found.refusals.get(claim.key, frozenset()),
            step=step,
            facts=facts,
            carries=self._carries(found, claim, now),
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
        self, found: "_Reading", claim: Claim, now: datetime
    ) -> tuple[AftercareStep | None, MessageFacts | None]:
        enrolled = found.enrollments.get((claim.clinic_id, claim.enrollment_id or 0))
        if enrolled is None or claim.step_key is None:
            return None, None
        person, place = found.person(claim), found.clinics[claim.clinic_id]
        return self._telling.said(person, place, enrolled, claim.step_key, now)

    def _carries(self, found: "_Reading", claim: Claim, now: datetime) -> tuple[Said, ...]:
        person, place = found.person(claim), found.clinics[claim.clinic_id]
        told = [
            self._telling.said(person, place, row, row.step_key, now)
            for row in found.carried.get(claim.key, ())
        ]
        return tuple(Said(step, facts) for step, facts in told if step is not None)


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
        self.clinics = {row.id: row for row in connection.execute(_clinics(claims))}
        self.patients = self._by_key(patient, [claim.patient_id for claim in claims])
        self.enrollments = self._found(_enrollments(claims))
        self._contacts = self._by_key(contact_point, [claim.contact_point_id for claim in claims])
        self._sealed_for_good: set[Key] = set()
        self._addresses = dict(self._open_addresses(vault))
        for at, plain, indexes in staff_addresses(connection, claims, vault):
            self._addresses[at] = _Address(plain, indexes, is_shared=False)
        self._consents = {
            (row.clinic_id, row.patient_id, row.channel, row.purpose): row
            for row in connection.execute(_newest_consents(claims))
        }
        self._suppressions = self._standing_suppressions()
        self.carried = carried_by(connection, claims)
        self._awaiting = awaiting_staff(connection, list(self.clinics))
        self.holds = standing_holds(connection)
        self.refusals = refusals(connection, claims)
        self._todays: Mapping[Today, list[OfToday]] = {}

    def count_days(self, now: datetime, *, is_counting: bool) -> None:
        """Look up what the patients get on their own day."""
        capped = [one for one in self._claims if Rule.CAP not in IGNORED[one.kind]]
        if is_counting and capped:
            midnights = {
                (one.clinic_id, one.patient_id): midnight(now, self._window(one))
                for one in capped
                if one.patient_id is not None and self._has_zone(one)
            }
            self._todays = todays(self._connection, capped, midnights)

    def subject(self, claim: Claim) -> Subject:
        enrolled = self.enrollments.get((claim.clinic_id, claim.enrollment_id or 0))
        return Subject(
            clinic_id=claim.clinic_id,
            channel=claim.channel,
            plan=enrolled and enrolled.slug,
            plan_version=enrolled and enrolled.plan_number,
        )

    def _before(self, claim: Claim) -> int:
        key = (claim.clinic_id, claim.patient_id or 0, claim.channel)
        return before(claim.id, self._todays.get(key, ()))

    def _window(self, claim: Claim) -> Window:
        found = self._addresses.get((claim.clinic_id, claim.contact_point_id or 0))
        number = found.plain if found and claim.channel is Channel.SMS else None
        place = self.clinics[claim.clinic_id]
        return window_of(self.person(claim), place, number, self._zones_of)

    def _has_zone(self, claim: Claim) -> bool:
        try:
            self._window(claim)
        except NoSuchZone:
            return False
        return True

    def person(self, claim: Claim) -> sa.Row[Any] | None:
        return self.patients.get((claim.clinic_id, claim.patient_id or 0))

    def address(self, claim: Claim) -> _Address | None:
        """Raises CannotOpen when there is one that cannot be read."""
        key = (claim.clinic_id, claim.contact_point_id or -claim.id)
        if key in self._sealed_for_good:
            raise CannotOpen(contexts.ADDRESS)
        return self._addresses.get(key)

    def circumstances(self, claim: Claim, address: _Address | None) -> Circumstances:
        person = self.person(claim)
        enrolled = self.enrollments.get((claim.clinic_id, claim.enrollment_id or 0))
        newest = self._consents.get(
            (claim.clinic_id, claim.patient_id, claim.channel, claim.purpose)
        )
        return Circumstances(
            has_contact=address is not None,
            suppressions=frozenset(
                reason
                for index in (address.indexes if address else ())
                for reason in self._suppressions[claim.clinic_id, claim.channel, index]
            ),
            consent=None if newest is None else _standing(newest),
            is_shared_address=address is not None and address.is_shared,
            awaits_staff=any(
                (claim.clinic_id, claim.channel, index) in self._awaiting
                for index in (address.indexes if address else ())
            ),
            window=self._window(claim),
            enrollment_status=enrolled and enrolled.status,
            procedure_state=enrolled and enrolled.procedure_state,
            hold_id=hold_on(self.subject(claim), self.holds) if self.holds else None,
            is_plan_withdrawn=is_withdrawn(self.subject(claim), self.holds),
            before_it_today=self._before(claim),
            **_preferences(person),
        )

    def awaits_procedure(self, claim: Claim, step: AftercareStep | None, now: datetime) -> bool:
        about = self.enrollments.get((claim.clinic_id, claim.enrollment_id or 0))
        return (
            about is not None
            and step is not None
            and is_unconfirmed(about.procedure_state, about.procedure_at, now)
            and follows_procedure(step)
        )

    def _by_key(self, table: sa.Table, ids: Iterable[int | None]) -> Found:
        pairs = {
            (claim.clinic_id, id_)
            for claim, id_ in zip(self._claims, ids, strict=True)
            if id_ is not None
        }
        return self._found(sa.select(table).where(among((table.c.clinic_id, table.c.id), pairs)))

    def _found(self, statement: sa.Select[*tuple[Any, ...]]) -> Found:
        return {(row.clinic_id, row.id): row for row in self._connection.execute(statement)}

    def _open_addresses(self, vault: Vault) -> Iterator[tuple[Key, _Address]]:
        current = {key: row for key, row in self._contacts.items() if row.replaced_at is None}
        shared = self._shared(current)
        for key, row in current.items():
            is_shared = (row.clinic_id, row.address_index) in shared
            try:
                yield key, _address(vault, row, is_shared=is_shared)
            except CannotOpen:
                self._sealed_for_good.add(key)

    def _shared(self, contacts: Found) -> set[tuple[int, bytes]]:
        """Addresses that are current for more than one patient of a clinic."""
        pairs = {(row.clinic_id, row.address_index) for row in contacts.values()}
        table = contact_point
        statement = (
            sa.select(table.c.clinic_id, table.c.address_index)
            .where(
                among((table.c.clinic_id, table.c.address_index), pairs),
                table.c.replaced_at.is_(None),
            )
            .group_by(table.c.clinic_id, table.c.address_index)
            .having(sa.func.count(table.c.patient_id.distinct()) > 1)
        )
        return {(row.clinic_id, row.address_index) for row in self._connection.execute(statement)}

    def _standing_suppressions(
        self,
    ) -> defaultdict[tuple[int, Channel, bytes], set[SuppressionReason]]:
        pairs = [
            (key[0], index) for key, address in self._addresses.items() for index in address.indexes
        ]
        known = rows(
            "known",
            clinic_id=[clinic_id for clinic_id, _ in pairs],
            address_index=[index for _, index in pairs],
        )
        standing = defaultdict[tuple[int, Channel, bytes], set[SuppressionReason]](set)
        for row in self._connection.execute(
            sa.select(suppression).where(
                suppression.c.clinic_id == known.c.clinic_id,
                suppression.c.address_index == known.c.address_index,
                suppression.c.lifted_at.is_(None),
            )
        ):
            standing[row.clinic_id, row.channel, row.address_index].add(row.reason)
        return standing


def _clinics(claims: Sequence[Claim]) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(clinic).where(clinic.c.id.in_({claim.clinic_id for claim in claims}))


def _enrollments(claims: Sequence[Claim]) -> sa.Select[*tuple[Any, ...]]:
    pairs = {
        (claim.clinic_id, claim.enrollment_id)
        for claim in claims
        if claim.enrollment_id is not None
    }
    return (
        sa.select(
            *(enrollment, plan_version.c.content, plan_version.c.slug),
            plan_version.c.version.label("plan_number"),
        )
        .join(
            plan_version,
            sa.and_(
                plan_version.c.clinic_id == enrollment.c.clinic_id,
                plan_version.c.id == enrollment.c.plan_version_id,
            ),
        )
        .where(among((enrollment.c.clinic_id, enrollment.c.id), pairs))
    )


def _newest_consents(claims: Sequence[Claim]) -> sa.Select[*tuple[Any, ...]]:
    pairs = {
        (claim.clinic_id, claim.patient_id) for claim in claims if claim.patient_id is not None
    }
    by = (consent.c.clinic_id, consent.c.patient_id, consent.c.channel, consent.c.purpose)
    return (
        sa.select(consent)
        .ext(distinct_on(*by))
        .where(among((consent.c.clinic_id, consent.c.patient_id), pairs))
        .order_by(*by, consent.c.id.desc())
    )


def _address(vault: Vault, row: sa.Row[Any], *, is_shared: bool) -> _Address:
    plain = vault.open_text(row.address_sealed, context=contexts.ADDRESS)
    indexes = vault.indexes(plain, context=contexts.address_index(row.channel))
    return _Address(plain, tuple(indexes), is_shared)


def _standing(row: sa.Row[Any]) -> StandingConsent:
    return StandingConsent(
        id=row.id, state=row.state, detail=row.detail, contact_point_id=row.contact_point_id
    )


def _preferences(person: sa.Row[Any] | None) -> dict[str, Any]:
    if person is None:
        return {}
    return {"preferred_detail": person.detail, "paused_until": person.paused_until}
