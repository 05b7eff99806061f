"""Puts the process that answers asks together."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar

import msgspec
import redis
import sqlalchemy as sa

from services.chassis.answer import AskServer, CommandContext, CommandHandler, QueryHandler
from services.chassis.ask import ThreadedAskClient
from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.contracts import clock as clock_asks
from services.contracts import reminders as asks
from services.contracts import replies
from services.contracts.events import Event, TaskChanged
from services.contracts.senders import AddSender, ListSenders
from services.reminders.addresses.reader import LibraryAddressReader, is_country, zones_of
from services.reminders.auditing import audited_commanders, audited_readers
from services.reminders.channels.email.links import SignedLinks
from services.reminders.check_ins.storage.staff_tasks import StaffTaskRepository
from services.reminders.check_ins.usecases import staff_tasks as staff_desk
from services.reminders.checking_in import Care, check_in_commanders, check_in_readers
from services.reminders.clinics.domain.sender import Sender
from services.reminders.clinics.storage.alert_contacts import AlertContactRepository
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.clinics.storage.senders import SenderRepository
from services.reminders.clinics.usecases import read_clinics
from services.reminders.clinics.usecases.add_sender import SenderRules, add_sender, list_senders
from services.reminders.clinics.usecases.create_clinic import create_clinic
from services.reminders.database.idempotency import IdempotencyStore
from services.reminders.database.product_time import product_time
from services.reminders.database.tables import inbox
from services.reminders.enrollment_life import (
    enrolling_commanders,
    enrollment_commanders,
    enrollment_readers,
)
from services.reminders.enrollments.catalog.source import AskedPlans
from services.reminders.enrollments.storage.enrollments import (
    EnrollmentRepository,
    StepTaskRepository,
)
from services.reminders.enrollments.storage.plans import PlanRepository, Versions
from services.reminders.enrollments.storage.reminders import ReminderRepository
from services.reminders.enrollments.storage.visits import VisitRepository
from services.reminders.enrollments.usecases import read_enrollments
from services.reminders.enrollments.usecases import read_reminders as reading
from services.reminders.enrollments.usecases.clinic_plan import Planning, PlanSource
from services.reminders.enrollments.usecases.simulate_enrollment import SimulationDeps
from services.reminders.incoming import incoming_commanders
from services.reminders.operating import operating_commanders, operating_readers
from services.reminders.operations.storage.clock import ClockRepository
from services.reminders.operations.usecases.tell_time import advance_clock
from services.reminders.patient_keeping import Keeping
from services.reminders.patients.storage.patients import ConsentRepository, PatientRepository
from services.reminders.patients.storage.suppressions import SuppressionRepository
from services.reminders.patients.usecases import read_patients
from services.reminders.patients.usecases.suppressions import lift_suppression, suppress_contact
from services.reminders.privacy_wiring import privacy_commanders, privacy_readers
from services.reminders.provider_wiring import agreements_of, carriers_of, daily_cap_of
from services.reminders.rendering.renderer import JinjaRenderer
from services.reminders.replanning import replanning_commanders
from services.reminders.settings import RemindersSettings
from services.reminders.simulating import simulating_readers
from services.reminders.together import together_readers
from services.reminders.unit_of_work import RemindersUnitOfWork

Q = TypeVar("Q")
R = TypeVar("R")

CONSUMERS = 4
"""Asks that are worked at the same time, each by a thread with its own connection."""


class ServiceParts(msgspec.Struct, frozen=True):
    """What the service runs, and what it must close, in order."""

    server: AskServer
    plans: ThreadedAskClient
    engine: sa.Engine
    redis: redis.Redis

    def close(self) -> None:
        self.server.stop()
        self.plans.close()
        self.engine.dispose()
        self.redis.close()


def open_service(settings: RemindersSettings) -> ServiceParts:
    engine = open_engine(
        settings.database_url, application_name="reminders", pool_size=CONSUMERS + 1
    )
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url)
    plans = ThreadedAskClient(settings.redis_url, vault)
    publish = EventPublisher(client, vault).publish
    desk, source = Desk(vault, publish), AskedPlans(plans)
    links = SignedLinks(settings.public_url, settings.secret_key)
    care = Care(vault, links, publish)
    reads = audited_readers(
        {
            **readers(desk),
            **operating_readers(),
            **simulating(desk, settings, source),
            **check_in_readers(care),
        }
    )
    server = AskServer(
        stream=asks.STREAM,
        redis_url=settings.redis_url,
        vault=vault,
        engine=engine,
        inbox=inbox,
        reads={**reads, **together_readers(reads)},
        commands=audited_commanders(
            {
                **commanders(desk, settings, source),
                **incoming_commanders(vault, publish, care),
                **check_in_commanders(care),
                **operating_commanders(publish),
                **replanning_commanders(desk.uow),
            }
        ),
        consumers=CONSUMERS,
    )
    return ServiceParts(server, plans, engine, client)


class Desk:
    """Opens the books for one transaction."""

    def __init__(self, vault: Vault, publish: Callable[[Event], None]) -> None:
        self.vault = self._vault = vault
        self._publish = publish
        self._plans: Versions = {}
        self.renderer = JinjaRenderer()

    def uow(
        self, connection: sa.Connection, context: CommandContext | None = None
    ) -> RemindersUnitOfWork:
        """Without a context, for reading: nothing is announced."""

        def announce(event: Event) -> None:
            if context:
                context.after_commit(partial(self._publish, event))

        vault = self._vault
        return RemindersUnitOfWork(
            now=cache(partial(product_time, connection)),
            announce=announce,
            clinics=ClinicRepository(connection),
            senders=SenderRepository(connection),
            patients=PatientRepository(connection, vault, zones_of),
            consents=ConsentRepository(connection, vault),
            plans=PlanRepository(connection, self._plans),
            enrollments=EnrollmentRepository(connection, vault),
            reminders=ReminderRepository(connection, vault),
            tasks=StepTaskRepository(connection),
            visits=VisitRepository(connection),
            chains=AlertContactRepository(connection, vault),
            memory=IdempotencyStore(connection, vault),
        )

    def reader(
        self, read: Callable[[RemindersUnitOfWork, Sequence[Q]], Sequence[R]]
    ) -> QueryHandler:
        return lambda connection, questions: read(self.uow(connection), questions)

    def commander(self, act: Callable[[RemindersUnitOfWork, Q], R]) -> CommandHandler:
        return lambda connection, command, context: act(self.uow(connection, context), command)

    def staff_reader(
        self, read: Callable[[StaffTaskRepository, Sequence[Q]], Sequence[R]]
    ) -> QueryHandler:
        return lambda connection, asked: read(StaffTaskRepository(connection, self._vault), asked)

    def complete_task(
        self, connection: sa.Connection, asked: replies.CompleteTask, context: CommandContext
    ) -> replies.TaskReply:
        reply = staff_desk.complete_task(StaffTaskRepository(connection, self._vault), asked)
        if reply.task is not None:
            done = TaskChanged(clinic_id=asked.scope.clinic_id, task_id=reply.task.id)
            context.after_commit(partial(self._publish, done))
        return reply

    def suppressing(
        self, act: Callable[[RemindersUnitOfWork, SuppressionRepository, Q], R]
    ) -> CommandHandler:
        return lambda connection, asked, context: act(
            self.uow(connection, context), SuppressionRepository(connection, self._vault), asked
        )


def readers(desk: Desk) -> Mapping[type[Any], QueryHandler]:
    renderer = desk.renderer
    return {
        asks.GetClinics: desk.reader(read_clinics.get_clinics),
        asks.ListClinics: desk.reader(read_clinics.list_clinics),
        ListSenders: desk.reader(list_senders),
        asks.GetPatients: desk.reader(read_patients.get_patients),
        asks.FindPatient: desk.reader(read_patients.find_patients),
        **Keeping(desk.uow, desk.vault).readers(),
        asks.GetEnrollments: desk.reader(read_enrollments.get_enrollments),
        asks.FindEnrollment: desk.reader(read_enrollments.find_enrollments),
        asks.ListEnrollments: desk.reader(read_enrollments.list_enrollments),
        asks.GetReminders: desk.reader(partial(reading.get_reminders, renderer=renderer)),
        asks.ListReminders: desk.reader(partial(reading.list_reminders, renderer=renderer)),
        asks.RenderReminder: desk.reader(partial(reading.render_reminders, renderer=renderer)),
        replies.ListTasks: desk.staff_reader(staff_desk.list_tasks),
        replies.GetTasks: desk.staff_reader(staff_desk.get_tasks),
        replies.ListInbox: desk.staff_reader(staff_desk.list_inbox),
        replies.GetInbound: desk.staff_reader(staff_desk.get_inbound),
        clock_asks.ShowClock: _show_clock,
        **enrollment_readers(desk.uow),
        **privacy_readers(desk.uow, desk.vault),
    }


def simulating(
    desk: Desk, settings: RemindersSettings, source: PlanSource
) -> Mapping[type[Any], QueryHandler]:
    means = SimulationDeps(source=source, renderer=desk.renderer, daily_cap=daily_cap_of(settings))
    return simulating_readers(desk.uow, means)


def commanders(
    desk: Desk, settings: RemindersSettings, source: PlanSource
) -> Mapping[type[Any], CommandHandler]:
    addresses = LibraryAddressReader()
    rules = SenderRules(
        carriers=carriers_of(settings),
        reader=addresses,
        is_country=is_country,
        is_production=not settings.is_development,
    )
    create = partial(
        create_clinic,
        reader=addresses,
        is_country=is_country,
        senders=first_senders(settings),
        is_production=rules.is_production,
    )

    planning = Planning(source, desk.renderer, is_production=rules.is_production)

    def advance(
        connection: sa.Connection, command: clock_asks.AdvanceClock, _: CommandContext
    ) -> object:
        clock = ClockRepository(connection)
        return advance_clock(clock, command, is_development=settings.is_development)

    return {
        asks.CreateClinic: desk.commander(create),
        AddSender: desk.commander(partial(add_sender, rules=rules)),
        **Keeping(desk.uow, desk.vault).commanders(),
        **enrolling_commanders(desk.uow, planning),
        **enrollment_commanders(desk.uow, desk.vault, planning),
        replies.CompleteTask: desk.complete_task,
        replies.SuppressContact: desk.suppressing(suppress_contact),
        replies.LiftSuppression: desk.suppressing(lift_suppression),
        clock_asks.AdvanceClock: advance,
        **privacy_commanders(desk.uow, desk.vault),
    }


def first_senders(settings: RemindersSettings) -> list[Sender]:
    """The addresses a new clinic sends from, by each provider of its channel that has one."""
    addresses = {
        "twilio": settings.twilio_from,
        "kannel": settings.kannel_from,
        "smtp": settings.email_from,
    }
    agreements = agreements_of(settings)
    return [
        Sender(
            channel=channel,
            provider=name,
            address=addresses[name],
            data_agreement=agreements.get(name),
            postal_address=settings.postal_address or None,
        )
        for channel, names in carriers_of(settings).items()
        for name in names
        if addresses.get(name)
    ]


def _show_clock(
    connection: sa.Connection, questions: Sequence[clock_asks.ShowClock]
) -> list[clock_asks.ClockRecord]:
    reading = ClockRepository(connection).read()
    return [reading for _ in questions]
