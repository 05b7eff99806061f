"""Composes the process that answers asks."""

import msgspec
import redis
import sqlalchemy as sa

from services.chassis.answer import AskServer
from services.chassis.ask import ThreadedAskClient
from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.contracts import content
from services.contracts.ask import RemindersAsk
from services.reminders.check_ins.rules_source import ReadingRulesSource
from services.reminders.check_ins.usecases.reply_readers import ReplyReaders
from services.reminders.clinics.usecases.add_sender import SenderRules
from services.reminders.database.tables import inbox
from services.reminders.enrollments.usecases.eligibility import Planning, PlanSource
from services.reminders.enrollments.usecases.simulate_enrollment import SimulationDeps
from services.reminders.handlers import HandlerDeps, command_handlers, query_handlers
from services.reminders.privacy.auditing import audited_command, audited_query
from services.reminders.rendering.links import SignedLinks
from services.reminders.setting_values import daily_cap_of, first_senders, providers_of, words_of
from services.reminders.settings import RemindersSettings
from services.reminders.unit_of_work import UnitOfWorkFactory

CONSUMERS = 4
"""Threads that handle asks, each with its own connection."""


class ServiceParts(msgspec.Struct, frozen=True):
    """What the service runs and must close, in order."""

    server: AskServer
    rules: ReadingRulesSource
    content: ThreadedAskClient
    engine: sa.Engine
    redis: redis.Redis

    def start(self) -> None:
        self.rules.start()
        self.server.start()

    def close(self) -> None:
        self.server.stop()
        self.rules.stop()
        self.content.close()
        self.engine.dispose()
        self.redis.close()


def open_service(settings: RemindersSettings) -> ServiceParts:
    engine = open_engine(
        settings.database_url, application_name="reminders", pool_size=CONSUMERS + 2
    )
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    client = open_redis(settings.redis_url)
    content = ThreadedAskClient(settings.redis_url, vault)
    rules = ReadingRulesSource(content, engine)
    units = UnitOfWorkFactory(vault, EventPublisher(client, vault).publish)
    deps = handler_deps(settings, AskedPlans(content), rules)
    server = AskServer(
        stream=RemindersAsk.stream,
        redis_url=settings.redis_url,
        vault=vault,
        engine=engine,
        inbox=inbox,
        reads={
            kind: audited_query(handler) for kind, handler in query_handlers(units, deps).items()
        },
        commands={
            kind: audited_command(handler)
            for kind, handler in command_handlers(units, deps).items()
        },
        consumers=CONSUMERS,
    )
    return ServiceParts(server, rules, content, engine, client)


def handler_deps(
    settings: RemindersSettings, source: PlanSource, readers: ReplyReaders
) -> HandlerDeps:
    """Raises SettingsFault."""
    is_production = not settings.is_development
    return HandlerDeps(
        planning=Planning(source, is_production=is_production),
        readers=readers,
        simulation=SimulationDeps(source=source, daily_cap=daily_cap_of(settings)),
        sender_rules=SenderRules(providers=providers_of(settings), is_production=is_production),
        first_senders=first_senders(settings),
        links=SignedLinks(settings.public_url, settings.secret_key),
        opt_out_words=words_of(settings.opt_out_words),
        is_development=settings.is_development,
    )


_SECONDS = 2.0  # less than a caller waits for its enrollment


class AskedPlans:
    def __init__(self, client: ThreadedAskClient) -> None:
        self._client = client

    def plan(self, clinic_id: int | None, slug: str, locale: str) -> content.ClinicPlan | None:
        """Raises what the ask raises when the content service is away: nothing is enrolled then."""
        question = content.GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=locale)
        return self._client.ask(question, timeout=_SECONDS)
