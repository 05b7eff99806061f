"""Puts the processes that send reminders together."""

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import redis
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.logs import get_logger
from services.chassis.redis import open_redis
from services.chassis.settings import Settings, SettingsFault
from services.chassis.vault import Vault
from services.chassis.work import WakeUp
from services.contracts.catalog import Channel
from services.contracts.events import ReminderChanged
from services.reminders.addresses.reader import read_email, read_phone, zones_of
from services.reminders.channels.postman import Postman
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress
from services.reminders.check_ins.usecases.run_check_in_timers import CheckInTimers
from services.reminders.core.contacts import NotAnAddress
from services.reminders.delivery.domain.dispatch import Policy
from services.reminders.delivery.journal.departures import DepartureJournal, Journals
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.carried import Carried
from services.reminders.delivery.storage.cases import Cases
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.storage.dead_workers import DeadWorkers
from services.reminders.delivery.storage.due import Due
from services.reminders.delivery.storage.expired_leases import Leftovers
from services.reminders.delivery.storage.holds import HeldMessages
from services.reminders.delivery.storage.incidents import Incidents
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.traffic.gate import Gate
from services.reminders.delivery.traffic.minutes import Minutes
from services.reminders.delivery.traffic.repeats import Repeats
from services.reminders.delivery.usecases.break_loops import LoopBreaker
from services.reminders.delivery.usecases.delivery_ports import Changed
from services.reminders.delivery.usecases.move_traffic import MoveTraffic
from services.reminders.delivery.usecases.provider_opt_outs import ProviderOptOuts
from services.reminders.delivery.usecases.send_batch import Delivery, SendBatch, SendingLimits
from services.reminders.delivery.usecases.sweep import Sweeper, hear_the_dead
from services.reminders.enrollments.storage.enrollment_sweeps import EnrollmentSweeps
from services.reminders.privacy.storage.retention import Purge
from services.reminders.provider_wiring import (
    callbacks,
    daily_cap_of,
    open_accounts,
    rates_of,
    weights_of,
)
from services.reminders.rendering.links import SignedLinks
from services.reminders.settings import DispatcherSettings, WorkerSettings
from services.reminders.unit_of_work import UnitOfWorkFactory


class WorkerParts(msgspec.Struct, frozen=True):
    """What a worker runs, and what it must close, in order."""

    send_batch: SendBatch
    hear_the_dead: Callable[[], int]
    journal: DepartureJournal
    postman: Postman
    engine: sa.Engine
    redis: redis.Redis

    def close(self) -> None:
        self.postman.close()
        self.journal.close()
        self.engine.dispose()
        self.redis.close()


class DispatcherParts(msgspec.Struct, frozen=True):
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


class _Gear(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker's parts share."""

    owner: uuid.UUID
    engine: sa.Engine
    vault: Vault
    redis: redis.Redis
    changed: Changed
    units: UnitOfWorkFactory
    postman: Postman
    journal: DepartureJournal


def open_worker(
    settings: WorkerSettings, channel: Channel, stopping: threading.Event
) -> WorkerParts:
    """Raises SettingsFault when the channel's providers lack something."""
    gear = _open_gear(settings, channel)
    journals = Journals(journal_folder(settings))
    return WorkerParts(
        send_batch=SendBatch(_delivery(settings, gear), stopping.is_set),
        hear_the_dead=partial(hear_the_dead, journals, DeadWorkers(gear.engine), gear.changed),
        journal=gear.journal,
        postman=gear.postman,
        engine=gear.engine,
        redis=gear.redis,
    )


def _open_gear(settings: WorkerSettings, channel: Channel) -> _Gear:
    accounts = open_accounts(settings, channel)
    owner = uuid.uuid4()
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url)
    return _Gear(
        owner=owner,
        engine=open_engine(
            settings.database_url, application_name="worker", pool_size=2, is_checked=False
        ),
        vault=vault,
        redis=client,
        changed=announcer(client, vault),
        units=UnitOfWorkFactory(vault, EventPublisher(client, vault).publish),
        postman=Postman(accounts),
        journal=DepartureJournal.open(journal_folder(settings), owner),
    )


def _delivery(settings: WorkerSettings, gear: _Gear) -> Delivery:
    engine, vault, limits = gear.engine, gear.vault, SendingLimits()
    lease = timedelta(seconds=limits.lease_seconds)
    is_development, daily_cap = settings.is_development, daily_cap_of(settings)
    claims = Claims(engine, gear.owner, lease)
    return Delivery(
        claims=claims,
        cases=Cases(
            engine,
            vault,
            is_production=not is_development,
            counts_days=daily_cap is not None,
            zones_of=zones_of,
        ),
        attempts=LoopBreaker(
            Attempts(engine, vault, gear.owner, lease),
            Repeats(gear.redis),
            claims,
            Incidents(engine),
            gear.changed,
        ),
        provider_opt_outs=ProviderOptOuts(partial(gear.units.transaction, engine)),
        postman=gear.postman,
        journal=gear.journal,
        changed=gear.changed,
        traffic=_gate(settings, gear),
        callback_url=callbacks(settings),
        links=SignedLinks(settings.public_url, settings.secret_key),
        policy=Policy(is_test_allowed=is_development, daily_cap=daily_cap),
        limits=limits,
    )


def _gate(settings: WorkerSettings, gear: _Gear) -> Gate:
    return Gate(
        gear.redis,
        ProviderStates(gear.engine),
        weights_of(settings),
        rates_of(settings),
        worker=str(gear.owner),
    )


def open_dispatcher(settings: DispatcherSettings) -> DispatcherParts:
    engine = open_engine(settings.database_url, application_name="dispatcher", pool_size=1)
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url, read_seconds=1.0)
    sweeper = Sweeper(
        Leftovers(engine),
        Journals(journal_folder(settings)),
        DeadWorkers(engine),
        HeldMessages(engine),
        announcer(client, vault),
        Carried(engine).release,
        EnrollmentSweeps(engine).ask_about_procedures,
        EnrollmentSweeps(engine).complete,
    )
    move_traffic = MoveTraffic(ProviderStates(engine), Minutes(client), weights_of(settings))
    links = SignedLinks(settings.public_url, settings.secret_key)
    units = UnitOfWorkFactory(vault, EventPublisher(client, vault).publish)
    return DispatcherParts(
        due=Due(engine),
        sweep=sweeper,
        wake_up=WakeUp(client, "drain"),
        move_traffic=move_traffic,
        run_check_in_timers=CheckInTimers(
            partial(units.transaction, engine), operators_of(settings), links, TimerLog()
        ),
        purge=Purge(engine, vault),
        engine=engine,
        redis=client,
    )


def queue_of(channel: Channel) -> str:
    return f"deliver-{channel.lower()}"


def journal_folder(settings: Settings) -> Path:
    return Path(settings.afterglow_home) / "journal"


def announcer(client: redis.Redis, vault: Vault) -> Changed:
    publisher = EventPublisher(client, vault)

    def changed(keys: Sequence[tuple[int, int]]) -> None:
        publisher.publish(
            *(ReminderChanged(clinic_id=clinic_id, reminder_id=id_) for clinic_id, id_ in keys)
        )

    return changed


log = get_logger(__name__)


def operators_of(settings: DispatcherSettings) -> tuple[OperatorAddress, ...]:
    """Whom OPERATOR_ALERT names; raises SettingsFault."""
    found = []
    for written in filter(None, (one.strip() for one in settings.operator_alert.split(","))):
        try:
            if "@" in written:
                found.append(OperatorAddress(Channel.EMAIL, read_email(written)))
            else:
                found.append(OperatorAddress(Channel.SMS, read_phone(written, country="ZZ")))
        except NotAnAddress as fault:
            raise SettingsFault(
                [f"OPERATOR_ALERT: one of its addresses cannot be read; {fault}"]
            ) from None
    return tuple(found)


class TimerLog:
    """Counted by whatever watches the logs, beside the message to OPERATOR_ALERT."""

    def unanswered(self, clinic_id: int, tier: int) -> None:
        log.error("escalation_unanswered", clinic=clinic_id, count=tier)

    def failed(self, timer: str, fault: Exception) -> None:
        log.error("watch_failed", operation=timer, exc_info=fault)
