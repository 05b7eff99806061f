from collections.abc import Mapping, Sequence
from typing import Any

from services.contracts import catalog
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.catalog_paging import catalog_connection
from services.gateway.schema.paging import Connection, Edge
from services.gateway.snapshot.evidence import by_evidence
from services.gateway.snapshot.listing import ProcedureFilter, ProcedureSort, list_procedures
from services.gateway.snapshot.snapshot import LocalizedEntry, LocalizedIndication

LocalizedProcedure = LocalizedEntry[catalog.Procedure]


def procedure_by_slug(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[LocalizedProcedure | None]:
    return [edition_for(request, args).procedures.get(args["slug"])]


def procedure_list(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[LocalizedProcedure]]:
    edition = edition_for(request, args)
    sort = args.get("sort") or ProcedureSort.TITLE
    connection = catalog_connection(
        list_procedures(edition, _filter_of(args.get("filter") or {}), sort),
        args,
        request,
        of_list=f"procedures:{sort}",
        edition=edition,
        edge=Edge,
    )
    return [connection]


def _filter_of(data: Mapping[str, Any]) -> ProcedureFilter:
    families = data.get("family")
    return ProcedureFilter(
        families=None if families is None else frozenset(families),
        concern=data.get("concern"),
        max_downtime_days=data.get("max_downtime_days"),
        skin_type=data.get("skin_type"),
    )


def parent_of(procedure: LocalizedProcedure) -> LocalizedProcedure | None:
    return procedure.edition.parent_of(procedure.entry)


def variants_of(procedure: LocalizedProcedure) -> Sequence[LocalizedProcedure]:
    return procedure.edition.variants_of(procedure.entry)


def treated(
    procedure: LocalizedProcedure, args: Mapping[str, Any]
) -> Sequence[LocalizedIndication]:
    return by_evidence(procedure.edition.treats(procedure.entry), args.get("minimum_evidence"))


def side_effects_of(
    procedure: LocalizedProcedure, args: Mapping[str, Any]
) -> Sequence[catalog.SideEffect]:
    rarity = args.get("rarity")
    return [
        side_effect
        for side_effect in procedure.entry.side_effects
        if rarity is None or side_effect.rarity == rarity
    ]


def plans_for(procedure: LocalizedProcedure) -> Sequence[LocalizedEntry[catalog.AftercarePlan]]:
    return procedure.edition.plans_for(procedure.entry)
