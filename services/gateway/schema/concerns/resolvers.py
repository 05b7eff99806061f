from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.catalog_paging import catalog_connection
from services.gateway.schema.paging import Connection, Edge
from services.gateway.snapshot.evidence import by_evidence, rank_of
from services.gateway.snapshot.listing import SortKey, keyed, list_concerns
from services.gateway.snapshot.snapshot import Indicated, Page

ConcernPage = Page[catalog.Concern]


def concern_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ConcernPage | None]:
    return [edition_for(request, args).concerns.get(args["slug"])]


def concern_list(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[ConcernPage]]:
    edition = edition_for(request, args)
    connection = catalog_connection(
        list_concerns(edition),
        args,
        request,
        of_list="concerns",
        edition=edition,
        edge=Edge,
    )
    return [connection]


def procedures_for(
    pages: Sequence[ConcernPage], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[Page[catalog.Procedure]] | FieldRefused]:
    """List procedures for each concern. A cursor of one concern fails for the others only."""
    return [_procedures_or_refusal(page, args, request) for page in pages]


def _procedures_or_refusal(
    page: ConcernPage, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[Page[catalog.Procedure]] | FieldRefused:
    try:
        return _procedures_for(page, args, request)
    except FieldRefused as refused:
        return refused


def _procedures_for(
    page: ConcernPage, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[Page[catalog.Procedure]]:
    treated_by = page.edition.treated_by(page.entry)
    return catalog_connection(
        keyed(by_evidence(treated_by, args.get("minimum_evidence")), _evidence_key),
        args,
        request,
        of_list=f"concern:{page.entry.slug}",
        edition=page.edition,
        edge=lambda cursor, indicated: Edge(cursor, indicated.procedure, indicated),
    )


def _evidence_key(indicated: Indicated) -> SortKey:
    procedure = indicated.procedure.entry
    return (rank_of(indicated.indication.evidence), procedure.title.casefold(), procedure.slug)
