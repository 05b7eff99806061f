"""Which use case answers which ask."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.chassis.answer import CommandHandler, QueryHandler
from services.chassis.handlers import command_handler, query_handler
from services.content.storage.showcase import Showcase
from services.content.storage.unit_of_work import OpenUnitOfWork
from services.content.usecases.find_clinic_plans import find_clinic_plans, find_reviews
from services.content.usecases.publish_catalog import publish_catalog, roll_back
from services.content.usecases.put_overlay import put_overlay, remove_overlay
from services.content.usecases.read_overlays import get_overlays, list_overlays
from services.content.usecases.read_releases import (
    diff_releases,
    get_release_info,
    get_releases,
    list_releases,
)
from services.content.usecases.sign_off_plan import sign_off_for_demo, sign_off_plan
from services.contracts.content import (
    DiffReleases,
    FindReviews,
    GetClinicPlan,
    GetOverlay,
    GetRelease,
    GetReleaseInfo,
    ListOverlays,
    ListReleases,
    PublishCatalog,
    PublishReply,
    PutOverlay,
    RemoveOverlay,
    RollBack,
    RollBackReply,
    SignOffForDemo,
    SignOffPlan,
)


def query_handlers(open_uow: OpenUnitOfWork) -> Mapping[type[Any], QueryHandler]:
    query = partial(query_handler, open_uow)
    return {
        GetRelease: query(get_releases),
        GetReleaseInfo: query(get_release_info),
        ListReleases: query(list_releases),
        DiffReleases: query(diff_releases),
        GetClinicPlan: query(find_clinic_plans),
        FindReviews: query(find_reviews),
        ListOverlays: query(list_overlays),
        GetOverlay: query(get_overlays),
    }


def command_handlers(
    open_uow: OpenUnitOfWork, showcase: Showcase, *, is_production: bool
) -> Mapping[type[Any], CommandHandler]:
    command = partial(command_handler, open_uow)
    announce = partial(_announce, showcase)
    return {
        PublishCatalog: command(publish_catalog, after_commit=announce),
        RollBack: command(roll_back, after_commit=announce),
        SignOffPlan: command(partial(sign_off_plan, is_production=is_production)),
        SignOffForDemo: command(partial(sign_off_for_demo, is_production=is_production)),
        PutOverlay: command(put_overlay),
        RemoveOverlay: command(remove_overlay),
    }


def _announce(showcase: Showcase, reply: PublishReply | RollBackReply) -> None:
    if reply.info:
        showcase.announce(reply.info.version)
