"""Which use case answers which ask."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.content.storage.showcase import Showcase
from services.content.storage.unit_of_work import ContentUnitOfWork, OpenUnitOfWork
from services.content.usecases import find_clinic_plans, read_overlays, read_releases
from services.content.usecases.count_sms_parts import count_sms_parts
from services.content.usecases.get_reading_rules import get_reading_rules
from services.content.usecases.publish_catalog import publish_catalog, roll_back
from services.content.usecases.put_overlay import put_overlay, remove_overlay
from services.content.usecases.sign_off_plan import sign_off_for_demo, sign_off_plan
from services.content.usecases.sign_off_reading_rules import sign_off_reading_rules
from services.contracts import content

Query = Callable[[ContentUnitOfWork, Sequence[Any]], Sequence[Any]]

_QUERIES: Mapping[type[Any], Query] = {
    content.GetRelease: read_releases.get_releases,
    content.GetReleaseInfo: read_releases.get_release_info,
    content.ListReleases: read_releases.list_releases,
    content.DiffReleases: read_releases.diff_releases,
    content.GetClinicPlan: find_clinic_plans.find_clinic_plans,
    content.CountSmsParts: count_sms_parts,
    content.FindReviews: find_clinic_plans.find_reviews,
    content.GetReadingRules: get_reading_rules,
    content.ListOverlays: read_overlays.list_overlays,
    content.GetOverlay: read_overlays.get_overlays,
}


def query_handlers(open_uow: OpenUnitOfWork) -> Mapping[type[Any], QueryHandler]:
    def handler(query: Query) -> QueryHandler:
        return lambda connection, asks: query(open_uow(connection), asks)

    return {kind: handler(query) for kind, query in _QUERIES.items()}


def command_handlers(
    open_uow: OpenUnitOfWork, showcase: Showcase, *, is_production: bool
) -> Mapping[type[Any], CommandHandler]:
    commands: Mapping[type[Any], Callable[[ContentUnitOfWork, Any], Any]] = {
        content.PublishCatalog: publish_catalog,
        content.RollBack: roll_back,
        content.SignOffPlan: partial(sign_off_plan, is_production=is_production),
        content.SignOffReadingRules: partial(sign_off_reading_rules, is_production=is_production),
        content.SignOffForDemo: partial(sign_off_for_demo, is_production=is_production),
        content.PutOverlay: put_overlay,
        content.RemoveOverlay: remove_overlay,
    }

    def handle(connection: sa.Connection, command: Any, context: CommandContext) -> Any:  # noqa: ANN401 - any kind
        reply = commands[type(command)](open_uow(connection), command)
        if isinstance(reply, content.PublishReply | content.RollBackReply) and reply.info:
            context.after_commit(partial(showcase.announce, reply.info.version))
        return reply

    return dict.fromkeys(commands, handle)
