from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.snapshot.snapshot import Page

PlanPage = Page[catalog.AftercarePlan]


def plan_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PlanPage | None]:
    page = edition_for(request, args).plans.get(args["slug"])
    version = args.get("version")
    return [page if page and version in {None, page.entry.version} else None]


def procedures_of(page: PlanPage) -> Sequence[Page[catalog.Procedure]]:
    return page.edition.known_procedures(page.entry.procedures)
