"""Concerns of the catalog."""

from collections.abc import Sequence

import graphene

from services.contracts import catalog
from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog.content import (
    Content,
    EvidenceLevelEnum,
    locale_argument,
    slug_argument,
)
from services.gateway.schema.catalog.edition import catalog_connection, edition_for
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    list_of,
    required,
)
from services.gateway.schema.paging import Connection, Edge, connection_field, connection_type
from services.gateway.snapshot.listing import (
    SortKey,
    by_evidence,
    list_concerns,
    rank_of,
    sort_by_key,
)
from services.gateway.snapshot.snapshot import LocalizedEntry, LocalizedIndication

LocalizedConcern = LocalizedEntry[catalog.Concern]


def concern_by_slug(args: Args, request: GatewayRequest) -> LocalizedConcern | None:
    return edition_for(request, args).concerns.get(args["slug"])


def concern_list(args: Args, request: GatewayRequest) -> Connection[LocalizedConcern]:
    edition = edition_for(request, args)
    return catalog_connection(
        list_concerns(edition),
        args,
        request,
        of_list="concerns",
        edition=edition,
        edge=Edge,
    )


def procedures_for(
    concerns: Sequence[LocalizedConcern], args: Args, request: GatewayRequest
) -> list[Connection[LocalizedEntry[catalog.Procedure]] | FieldRefused]:
    """List procedures for each concern. A cursor of one concern fails for the others only."""
    return [_procedures_or_refusal(concern, args, request) for concern in concerns]


def _procedures_or_refusal(
    concern: LocalizedConcern, args: Args, request: GatewayRequest
) -> Connection[LocalizedEntry[catalog.Procedure]] | FieldRefused:
    try:
        return _procedures_for(concern, args, request)
    except FieldRefused as refused:
        return refused


def _procedures_for(
    concern: LocalizedConcern, args: Args, request: GatewayRequest
) -> Connection[LocalizedEntry[catalog.Procedure]]:
    treated_by = concern.edition.treated_by(concern.entry)
    return catalog_connection(
        sort_by_key(by_evidence(treated_by, args.get("minimum_evidence")), _evidence_key),
        args,
        request,
        of_list=f"concern:{concern.entry.slug}",
        edition=concern.edition,
        edge=lambda sign, localized: Edge(sign, localized.procedure, localized),
    )


def _evidence_key(localized: LocalizedIndication) -> SortKey:
    procedure = localized.procedure.entry
    return (rank_of(localized.indication.evidence), procedure.title.casefold(), procedure.slug)


class Concern(ObjectType, interfaces=(Node, Content), source="entry"):
    """A skin concern that people want treated."""

    aliases = field(list_of(graphene.String), "Other names for it.")
    procedures = connection_field(
        required("services.gateway.schema.catalog.procedures.ProcedureConnection"),
        "Procedures that treat it, best supported first.",
        Batched(procedures_for, PUBLIC),
        minimum_evidence=argument(
            EvidenceLevelEnum, "Leave out entries with weaker evidence than this."
        ),
    )


ConcernConnection = connection_type(Concern, "concern", is_counted=True)


class ConcernQueries:
    concern = field(
        Concern,
        "One concern; null if no concern has this slug.",
        at_root(concern_by_slug),
        slug=slug_argument(),
        locale=locale_argument(),
    )
    concerns = connection_field(
        ConcernConnection,
        "All concerns, by title.",
        at_root(concern_list),
        locale=locale_argument(),
    )
