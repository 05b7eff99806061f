"""Puts together what check-ins, escalations and alerts need: asks, and the dispatcher's watch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.chassis.clock import product_now
from services.chassis.logs import get_logger
from services.chassis.settings import SettingsFault
from services.chassis.vault import Vault
from services.contracts import check_ins as asks
from services.contracts.catalog import Channel
from services.contracts.events import Event
from services.reminders.addresses.reader import LibraryAddressReader
from services.reminders.channels.email.links import SignedLinks
from services.reminders.check_ins.storage.alerts import AlertRepository
from services.reminders.check_ins.storage.check_ins import CheckInRepository
from services.reminders.check_ins.storage.due_timers import DueTimers
from services.reminders.check_ins.storage.escalations import EscalationRepository
from services.reminders.check_ins.storage.outbox import CareTaskRepository, OutboxRepository
from services.reminders.check_ins.storage.sent_check_ins import SentCheckIns
from services.reminders.check_ins.usecases import alert_contacts as keep_alert_contacts
from services.reminders.check_ins.usecases import (
    alert_staff,
    answer_check_in,
    escalations,
    read_check_ins,
)
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress
from services.reminders.check_ins.usecases.check_in_ports import CareDesk
from services.reminders.check_ins.usecases.run_check_in_timers import WatchDesk
from services.reminders.clinics.storage.alert_contacts import AlertContactRepository
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.core.contacts import NotAnAddress
from services.reminders.database.idempotency import IdempotencyStore
from services.reminders.database.transactions import transaction
from services.reminders.enrollments.storage.enrollments import EnrollmentRepository
from services.reminders.enrollments.storage.plans import PlanRepository, Versions
from services.reminders.patients.storage.patients import PatientRepository
from services.reminders.rendering.renderer import JinjaRenderer
from services.reminders.settings import DispatcherSettings

Q = TypeVar("Q")
R = TypeVar("R")

log = get_logger(__name__)


class Care:
    """Opens the desk of one transaction."""

    def __init__(self, vault: Vault, links: SignedLinks, publish: Callable[[Event], None]) -> None:
        self._vault = vault
        self._links = links
        self._publish = publish
        self._plans: Versions = {}
        self._speech = JinjaRenderer()

    def desk(self, connection: sa.Connection, context: CommandContext | None = None) -> CareDesk:
        """Without a context, for reading: nothing is announced."""

        def announce(event: Event) -> None:
            if context:
                context.after_commit(partial(self._publish, event))

        return self._desk(connection, announce)

    @contextmanager
    def watching(self, engine: sa.Engine) -> Iterator[WatchDesk]:
        """The desk of one round; what changed is announced once it has committed."""
        events: list[Event] = []
        with transaction(engine) as connection:
            check_ins = CheckInRepository(connection, self._vault, self._plans)
            yield WatchDesk(
                care=self._desk(connection, events.append),
                sent=SentCheckIns(connection, self._plans),
                due=DueTimers(connection, check_ins),
            )
        for event in events:
            self._publish(event)

    def _desk(self, connection: sa.Connection, announce: Callable[[Event], None]) -> CareDesk:
        vault = self._vault
        return CareDesk(
            now=cache(lambda: connection.execute(sa.select(product_now)).scalar_one()),
            announce=announce,
            clinics=ClinicRepository(connection),
            patients=PatientRepository(connection, vault),
            plans=PlanRepository(connection, self._plans),
            enrollments=EnrollmentRepository(connection, vault),
            memory=IdempotencyStore(connection, vault),
            check_ins=CheckInRepository(connection, vault, self._plans),
            escalations=EscalationRepository(connection, vault),
            alerts=AlertRepository(connection),
            contacts=AlertContactRepository(connection, vault),
            outbox=OutboxRepository(connection, vault),
            tasks=CareTaskRepository(connection),
            speech=self._speech,
            links=self._links,
        )

    def reader(self, read: Callable[[CareDesk, Sequence[Q]], Sequence[R]]) -> QueryHandler:
        return lambda connection, asked: read(self.desk(connection), asked)

    def commander(self, act: Callable[[CareDesk, Q], R]) -> CommandHandler:
        return lambda connection, asked, context: act(self.desk(connection, context), asked)


def check_in_readers(care: Care) -> Mapping[type[Any], QueryHandler]:
    return {
        asks.GetCheckIns: care.reader(read_check_ins.get_check_ins),
        asks.ListCheckIns: care.reader(read_check_ins.list_check_ins),
        asks.ShowCheckIn: care.reader(read_check_ins.show_check_ins),
        asks.GetEscalations: care.reader(escalations.get_escalations),
        asks.ListEscalations: care.reader(escalations.list_escalations),
        asks.ShowAlert: care.reader(escalations.show_alerts),
        asks.ListAlertContacts: care.reader(keep_alert_contacts.list_alert_contacts),
    }


def check_in_commanders(care: Care) -> Mapping[type[Any], CommandHandler]:
    add = partial(keep_alert_contacts.add_alert_contact, reader=LibraryAddressReader())
    return {
        asks.AnswerCheckIn: care.commander(answer_check_in.answer_check_in),
        asks.AnswerByLink: care.commander(answer_check_in.answer_by_link),
        asks.AcknowledgeEscalation: care.commander(escalations.acknowledge_escalation),
        asks.ResolveEscalation: care.commander(escalations.resolve_escalation),
        asks.AcknowledgeAlert: care.commander(escalations.acknowledge_alert),
        asks.AddAlertContact: care.commander(add),
        asks.RemoveAlertContact: care.commander(keep_alert_contacts.remove_alert_contact),
        asks.SendTestAlert: care.commander(alert_staff.send_test_alert),
    }


def operators_of(settings: DispatcherSettings) -> tuple[OperatorAddress, ...]:
    """Whom OPERATOR_ALERT names; raises SettingsFault."""
    reader = LibraryAddressReader()
    found = []
    for written in filter(None, (one.strip() for one in settings.operator_alert.split(","))):
        try:
            if "@" in written:
                found.append(OperatorAddress(Channel.EMAIL, reader.email(written)))
            else:
                found.append(OperatorAddress(Channel.SMS, reader.phone(written, country="ZZ")))
        except NotAnAddress as fault:
            raise SettingsFault(
                [f"OPERATOR_ALERT: one of its addresses cannot be read; {fault}"]
            ) from None
    return tuple(found)


class WatchLog:
    """Counted by whatever watches the logs, beside the message to OPERATOR_ALERT."""

    def unanswered(self, clinic_id: int, rung: int) -> None:
        log.error("escalation_unanswered", clinic=clinic_id, count=rung)

    def failed(self, what: str, fault: Exception) -> None:
        log.error("watch_failed", operation=what, exc_info=fault)
