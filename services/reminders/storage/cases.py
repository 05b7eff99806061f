"""All that is known about claimed messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.contracts.catalog import AftercarePlan, AftercareStep
from services.contracts.reminders import QuietHours
from services.contracts.words import SuppressionReason
from services.reminders.domain.caps import OfToday, before
from services.reminders.domain.dispatch import IGNORED, Circumstances, Claim, Rule
from services.reminders.domain.holds import Subject, held_providers, hold_on
from services.reminders.domain.message_text import MessageFacts, RenderedMessage
from services.reminders.domain.windows import NoSuchZone, Window, instant, zone_named
from services.reminders.storage import contexts
from services.reminders.storage.awaiting import awaiting_staff
from services.reminders.storage.case_rows import (
    Content,
    Key,
    Known,
    Place,
    read_contents,
    read_known,
    read_places,
    read_suppressions,
)
from services.reminders.storage.days import Today, todays
from services.reminders.storage.holds import refusals, standing_holds
from services.reminders.storage.senders import SenderBook, read_senders
from services.reminders.storage.transactions import alone
from services.reminders.usecases.delivery_ports import Case

_PLANS_KEPT = 256

log = get_logger(__name__)


class _Address(msgspec.Struct, frozen=True):
    plain: str
    indexes: tuple[bytes, ...]


class _Plan(msgspec.Struct, frozen=True):
    steps: Mapping[str, AftercareStep]
    locale: str


class Cases:
    """Reads for sending. Plans are decoded once: a plan version never changes.

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
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._is_production = is_production
        self._counts_days = counts_days
        self._contents: dict[Key, Content] = {}
        self._decode = lru_cache(maxsize=_PLANS_KEPT)(_decode)

    def load(self, claims: Sequence[Claim]) -> tuple[datetime, list[Case]]:
        """The product's now, and the claims' cases in order.

        What cannot be read (its key is gone, its zone has no name) is logged and left out: one
        such row must not hold up the others.
        """
        with alone(self._engine) as connection:
            found = _Reading(connection, claims, self._vault)
            if self._counts_days:
                found.count_days()
            book = read_senders(connection, found.places, is_strict=self._is_production)
            contents = self._plans(connection, found.plans)
        cases = (self._read(found, book, contents, claim) for claim in claims)
        return found.now, [case for case in cases if case]

    def _plans(self, connection: sa.Connection, keys: set[Key]) -> Mapping[Key, Content]:
        missing = keys - self._contents.keys()
        if missing:
            if len(self._contents) + len(missing) > _PLANS_KEPT:
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
        subject = Subject(
            clinic_id=claim.clinic_id, channel=claim.channel, plan=content.slug if content else None
        )
        return Case(
            claim=claim,
            circumstances=found.circumstances(claim, known, address, subject),
            address=address.plain if address else None,
            address_indexes=address.indexes if address else (),
            senders=book.usable(claim),
            sender_lack=book.lack(claim),
            held_providers=held_providers(subject, found.holds) if found.holds else {},
            refused_by=found.refusals.get(claim.key, frozenset()),
            step=step,
            facts=facts,
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
        plan, place = self._decode(content.content), found.places[claim.clinic_id]
        facts = MessageFacts(
            clinic_name=place.name,
            clinic_phone=place.phone,
            emergency_number=place.emergency_number,
            patient_name=self._name(known),
            procedure_at=known.procedure_at,
            procedure_ended_at=known.procedure_ended_at or known.procedure_at,
            said_at=found.now,
            time_zone=known.time_zone or place.time_zone,
            locale=plan.locale,
        )
        return plan.steps.get(claim.step_key), facts

    def _name(self, known: Known) -> str | None:
        if known.name_sealed is None:
            return None
        return self._vault.open_text(known.name_sealed, context=contexts.PATIENT_NAME)


class _Reading:
    """One batch's rows."""

    def __init__(self, connection: sa.Connection, claims: Sequence[Claim], vault: Vault) -> None:
        self._connection = connection
        self._claims = claims
        self.known = read_known(connection, claims)
        self.now = next(iter(self.known.values())).now
        self.places = read_places(connection, claims)
        self.plans = {
            (row.clinic_id, row.plan_version_id)
            for row in self.known.values()
            if row.plan_version_id is not None
        }
        self._addresses = {claim.key: self._open(claim, vault) for claim in claims}
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
                (one.clinic_id, one.patient_id): _midnight(self.now, window)
                for one in capped
                if one.patient_id is not None and (window := self._window_if_any(one))
            }
            self._todays = todays(self._connection, capped, midnights)

    def _before(self, claim: Claim) -> int:
        key = (claim.clinic_id, claim.patient_id or 0, claim.channel)
        return before(claim.id, self._todays.get(key, ()))

    def _window_if_any(self, claim: Claim) -> Window | None:
        try:
            return _window(self.known[claim.key], self.places[claim.clinic_id])
        except NoSuchZone:
            return None

    def _open(self, claim: Claim, vault: Vault) -> "_Address | CannotOpen | None":
        sealed = self.known[claim.key].address_sealed
        if sealed is None:
            return None
        try:
            plain = vault.open_text(sealed, context=contexts.ADDRESS)
        except CannotOpen as fault:
            return fault
        indexes = vault.indexes(plain, context=contexts.address_index(claim.channel))
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
            window=_window(known, self.places[claim.clinic_id]),
            hold_id=hold_on(subject, self.holds) if self.holds else None,
            before_it_today=self._before(claim),
            **known.enrollment,
            **known.preferences,
        )


_NONE: frozenset[SuppressionReason] = frozenset()


def _window(known: Known, place: Place) -> Window:
    start, end = known.quiet_start, known.quiet_end
    if start is None or end is None:
        start, end = place.quiet_start, place.quiet_end
    return _window_of(known.time_zone or place.time_zone, start, end, known.region)


@lru_cache(maxsize=1024)
def _window_of(zone: str, start: time, end: time, region: str | None) -> Window:
    return Window(zone_named(zone), QuietHours(start=start, end=end), region)


def _midnight(now: datetime, window: Window) -> datetime:
    return instant(now.astimezone(window.zone).date(), time(0), window.zone)


def _decode(content: bytes) -> _Plan:
    plan = msgspec.msgpack.decode(content, type=AftercarePlan)
    return _Plan({step.key: step for step in plan.steps}, plan.served_locale)
