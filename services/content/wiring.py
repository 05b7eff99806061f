"""Puts the content service together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from services.chassis.answer import AskServer
from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.content.handlers import command_handlers, query_handlers
from services.content.settings import ContentSettings
from services.content.storage.releases import ReleaseCache
from services.content.storage.showcase import Showcase
from services.content.storage.tables import inbox
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.ask import ContentAsk

_CONSUMERS: Final = 2
_IDLE_SECONDS: Final = 300.0
"""Checking a large catalog, and reading it to apply overlays, takes place in a transaction."""


@contextmanager
def content_service(settings: ContentSettings) -> Iterator[None]:
    """Answer asks and keep the current release in Redis for as long as the context is open."""
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    is_production = not settings.is_development
    open_uow = partial(
        ContentUnitOfWork, vault=vault, cache=ReleaseCache(), is_production=is_production
    )
    with ExitStack() as stack:
        engine = open_engine(
            settings.database_url,
            application_name="content",
            pool_size=_CONSUMERS * 2 + 1,
            idle_seconds=_IDLE_SECONDS,
        )
        stack.callback(engine.dispose)
        client = stack.enter_context(open_redis(settings.redis_url))
        showcase = Showcase(engine, open_uow, client, EventPublisher(client, vault))
        server = AskServer(
            stream=ContentAsk.stream,
            redis_url=settings.redis_url,
            vault=vault,
            engine=engine,
            inbox=inbox,
            reads=query_handlers(open_uow),
            commands=command_handlers(open_uow, showcase, is_production=is_production),
            consumers=_CONSUMERS,
        )
        showcase.start()
        stack.callback(showcase.stop)
        server.start()
        stack.callback(server.stop)
        yield
