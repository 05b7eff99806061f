"""Puts the content service together."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from services.chassis.answer import AskServer, CommandHandler, QueryHandler
from services.chassis.database import open_engine
from services.chassis.events import EventPublisher
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.content.handlers import ContentDesk
from services.content.overlay_desk import OverlayDesk
from services.content.settings import ContentSettings
from services.content.storage.showcase import Showcase
from services.content.storage.tables import inbox
from services.contracts.content import (
    STREAM,
    DiffReleases,
    FindReviews,
    GetClinicPlan,
    GetOverlay,
    GetRelease,
    GetReleaseInfo,
    ListOverlays,
    ListReleases,
    PublishCatalog,
    PutOverlay,
    RemoveOverlay,
    RollBack,
    SignOffForDemo,
    SignOffPlan,
)

_CONSUMERS: Final = 2
_IDLE_SECONDS: Final = 300.0
"""A large catalog is checked, and read to lay values on it, inside a publisher's transaction."""


@contextmanager
def content_service(settings: ContentSettings) -> Iterator[None]:
    """Answers asks and keeps the current release in Redis for as long as it is open."""
    vault = Vault.from_settings(settings.data_keys, settings.index_keys)
    with ExitStack() as stack:
        engine = open_engine(
            settings.database_url,
            application_name="content",
            pool_size=_CONSUMERS * 2 + 1,
            idle_seconds=_IDLE_SECONDS,
        )
        stack.callback(engine.dispose)
        client = stack.enter_context(open_redis(settings.redis_url))
        showcase = Showcase(engine, client, EventPublisher(client, vault))
        overlays = OverlayDesk()
        desk = ContentDesk(showcase, vault, overlays, is_production=not settings.is_development)
        server = AskServer(
            stream=STREAM,
            redis_url=settings.redis_url,
            vault=vault,
            engine=engine,
            inbox=inbox,
            reads=_readers(desk, overlays),
            commands=_commanders(desk, overlays),
            consumers=_CONSUMERS,
        )
        showcase.start()
        stack.callback(showcase.stop)
        server.start()
        stack.callback(server.stop)
        yield


def _readers(desk: ContentDesk, overlays: OverlayDesk) -> Mapping[type[Any], QueryHandler]:
    return {
        GetRelease: desk.get_release,
        GetClinicPlan: desk.get_clinic_plan,
        FindReviews: desk.find_reviews,
        GetReleaseInfo: desk.get_release_info,
        ListReleases: desk.list_releases,
        DiffReleases: desk.diff,
        ListOverlays: overlays.list_overlays,
        GetOverlay: overlays.get_overlay,
    }


def _commanders(desk: ContentDesk, overlays: OverlayDesk) -> Mapping[type[Any], CommandHandler]:
    return {
        PublishCatalog: desk.publish,
        RollBack: desk.roll_back,
        SignOffPlan: desk.sign_off,
        SignOffForDemo: desk.sign_off_for_demo,
        PutOverlay: overlays.put,
        RemoveOverlay: overlays.remove,
    }
