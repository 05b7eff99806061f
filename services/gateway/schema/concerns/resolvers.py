from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.catalog_paging import catalog_connection
from services.gateway.schema.paging import Connection, Edge
from services.gateway.snapshot.evidence import by_evidence, rank_of
from services.gateway.snapshot.listing import SortKey, list_concerns, sort_by_key
from services.gateway.snapshot.snapshot import LocalizedEntry, LocalizedIndication

LocalizedConcern = LocalizedEntry[catalog.Concern]


def concern_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[LocalizedConcern | None]:
    return [edition_for(request, args).concerns.get(args["slug"])]


def concern_list(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[LocalizedConcern]]:
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
    concerns: Sequence[LocalizedConcern], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[LocalizedEntry[catalog.Procedure]] | FieldRefused]:
    """List procedures for each concern. A cursor of one concern fails for the others only."""
    return [_procedures_or_refusal(concern, args, request) for concern in concerns]


def _procedures_or_refusal(
    concern: LocalizedConcern, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[LocalizedEntry[catalog.Procedure]] | FieldRefused:
    try:
        return _procedures_for(concern, args, request)
    except FieldRefused as refused:
        return refused


def _procedures_for(
    concern: LocalizedConcern, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[LocalizedEntry[catalog.Procedure]]:
    treated_by = concern.edition.treated_by(concern.entry)
    return catalog_connection(
        sort_by_key(by_evidence(treated_by, args.get("minimum_evidence")), _evidence_key),
        args,
        request,
        of_list=f"concern:{concern.entry.slug}",
        edition=concern.edition,
        edge=lambda cursor, localized: Edge(cursor, localized.procedure, localized),
    )


def _evidence_key(localized: LocalizedIndication) -> SortKey:
    procedure = localized.procedure.entry
    return (rank_of(localized.indication.evidence), procedure.title.casefold(), procedure.slug)
