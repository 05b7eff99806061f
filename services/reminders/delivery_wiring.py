"""Composes the processes that send reminders."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import msgspec
import redis
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.chassis.work import WakeUp
from services.contracts.catalog import Channel
from services.contracts.events import ReminderChanged
from services.reminders.addresses.phone_numbers import zones_of
from services.reminders.channels.provider_dispatcher import AsyncProviderDispatcher
from services.reminders.check_ins.timer_log import StructuredTimerLog
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.delivery.domain.dispatch import Policy
from services.reminders.delivery.journal.departures import DepartureJournal, Journals
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.circuit_waits import CircuitWaits
from services.reminders.delivery.storage.claims import Claims, Due
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.dispatch_context.loader import DispatchContextLoader
from services.reminders.delivery.storage.incidents import Incidents
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.delivery.traffic.minutes import Minutes
from services.reminders.delivery.traffic.provider_limiter import ProviderLimiter
from services.reminders.delivery.traffic.repeats import RedisRepeats
from services.reminders.delivery.usecases.break_loops import LoopBreaker
from services.reminders.delivery.usecases.move_traffic import MoveTraffic
from services.reminders.delivery.usecases.ports import Announce, Keys
from services.reminders.delivery.usecases.record_receipt import record_refused_opt_out
from services.reminders.delivery.usecases.send_batch import SendBatch, SendBatchDeps, SendingLimits
from services.reminders.delivery.usecases.sweep import Sweeper, recover_dead_workers
from services.reminders.enrollments.storage.enrollment_sweeps import EnrollmentSweeps
from services.reminders.privacy.storage.retention import Purge
from services.reminders.provider_wiring import open_accounts
from services.reminders.rendering.links import SignedLinks
from services.reminders.setting_values import (
    daily_cap_of,
    journal_folder,
    operators_of,
    rates_of,
    weights_of,
)
from services.reminders.settings import DispatcherSettings, WorkerSettings
from services.reminders.unit_of_work import UnitOfWorkFactory


class WorkerParts(msgspec.Struct, frozen=True):
    """What a worker runs, and what it must close, in order."""

    send_batch: SendBatch
    recover_dead_workers: Callable[[], int]
    journal: DepartureJournal
    dispatcher: AsyncProviderDispatcher
    engine: sa.Engine
    redis: redis.Redis

    def close(self) -> None:
        self.dispatcher.close()
        self.journal.close()
        self.engine.dispose()
        self.redis.close()


class DispatcherParts(msgspec.Struct, frozen=True):
    """What a dispatcher runs, and what it must close, in order."""

    due: Due
    sweep: Sweeper
    wake_up: WakeUp
    move_traffic: MoveTraffic
    run_check_in_timers: CheckInTimers
    purge: Purge
    engine: sa.Engine
    redis: redis.Redis

    def close(self) -> None:
        self.engine.dispose()
        self.redis.close()


class _WorkerDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker's parts share."""

    owner: uuid.UUID
    engine: sa.Engine
    vault: Vault
    redis: redis.Redis
    announce: Announce
    dispatcher: AsyncProviderDispatcher
    journal: DepartureJournal


def open_worker(
    settings: WorkerSettings, channel: Channel, stopping: threading.Event
) -> WorkerParts:
    """Raises SettingsFault if the channel's providers lack something."""
    deps = _open_worker_deps(settings, channel)
    journals = Journals(journal_folder(settings))
    return WorkerParts(
        send_batch=SendBatch(_send_batch_deps(settings, deps), stopping.is_set),
        recover_dead_workers=partial(
            recover_dead_workers, journals, DeadWorkers(deps.engine), deps.announce
        ),
        journal=deps.journal,
        dispatcher=deps.dispatcher,
        engine=deps.engine,
        redis=deps.redis,
    )


def _open_worker_deps(settings: WorkerSettings, channel: Channel) -> _WorkerDeps:
    accounts = open_accounts(settings, channel)
    owner = uuid.uuid4()
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url)
    return _WorkerDeps(
        owner=owner,
        engine=open_engine(
            settings.database_url, application_name="worker", pool_size=2, is_checked=False
        ),
        vault=vault,
        redis=client,
        announce=announcer(client, vault),
        dispatcher=AsyncProviderDispatcher(accounts),
        journal=DepartureJournal.open(journal_folder(settings), owner),
    )


def _send_batch_deps(settings: WorkerSettings, deps: _WorkerDeps) -> SendBatchDeps:
    engine, vault, limits = deps.engine, deps.vault, SendingLimits()
    lease = timedelta(seconds=limits.lease_seconds)
    is_development, daily_cap = settings.is_development, daily_cap_of(settings)
    claims = Claims(engine, deps.owner, lease)
    units = UnitOfWorkFactory(vault, EventPublisher(deps.redis, vault).publish)
    return SendBatchDeps(
        claims=claims,
        contexts=DispatchContextLoader(
            engine,
            vault,
            is_production=not is_development,
            counts_days=daily_cap is not None,
            zones_of=zones_of,
        ),
        circuit_waits=CircuitWaits(engine),
        loops=LoopBreaker(RedisRepeats(deps.redis), claims, Incidents(engine), deps.announce),
        attempts=Attempts(engine, vault, deps.owner, lease),
        opt_out_refused=partial(record_refused_opt_out, partial(units.transaction, engine)),
        dispatcher=deps.dispatcher,
        journal=deps.journal,
        announce=deps.announce,
        traffic=ProviderLimiter(
            deps.redis,
            ProviderStates(engine),
            weights_of(settings),
            rates_of(settings),
            worker=str(deps.owner),
        ),
        links=SignedLinks(settings.public_url, settings.secret_key),
        policy=Policy(is_test_allowed=is_development, daily_cap=daily_cap),
        limits=limits,
    )


def open_dispatcher(settings: DispatcherSettings) -> DispatcherParts:
    """Raises SettingsFault."""
    engine = open_engine(settings.database_url, application_name="dispatcher", pool_size=1)
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url, read_seconds=1.0)
    sweeper = Sweeper(
        Sweeps(engine),
        Journals(journal_folder(settings)),
        DeadWorkers(engine),
        announcer(client, vault),
        EnrollmentSweeps(engine).ask_about_procedures,
        EnrollmentSweeps(engine).complete,
    )
    links = SignedLinks(settings.public_url, settings.secret_key)
    units = UnitOfWorkFactory(vault, EventPublisher(client, vault).publish)
    return DispatcherParts(
        due=Due(engine),
        sweep=sweeper,
        wake_up=WakeUp(client, "drain"),
        move_traffic=MoveTraffic(ProviderStates(engine), Minutes(client), weights_of(settings)),
        run_check_in_timers=CheckInTimers(
            partial(units.transaction, engine), operators_of(settings), links, StructuredTimerLog()
        ),
        purge=Purge(engine, vault),
        engine=engine,
        redis=client,
    )


def queue_of(channel: Channel) -> str:
    return f"deliver-{channel.lower()}"


def announcer(client: redis.Redis, vault: Vault) -> Announce:
    publisher = EventPublisher(client, vault)

    def announce(keys: Keys) -> None:
        if keys:
            publisher.publish(
                *(ReminderChanged(clinic_id=clinic_id, reminder_id=id_) for clinic_id, id_ in keys)
            )

    return announce
