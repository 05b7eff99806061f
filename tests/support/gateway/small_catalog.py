"""A catalog small enough to see at a glance, for what the shipped one has no case of."""

from datetime import UTC, date, datetime
from typing import Any

from services.contracts.catalog import (
    Concern,
    ContraindicationTerm,
    DayRange,
    EvidenceLevel,
    Indication,
    LocalizedCatalog,
    Procedure,
    ProcedureFamily,
    ProcedureProfile,
    Release,
    ReleaseInfo,
    Verdict,
)
from services.gateway.snapshot.snapshot import Snapshot

UNKNOWN = DayRange()


def procedure(slug: str, downtime: DayRange = UNKNOWN, **more: Any) -> Procedure:
    profile = {"invasiveness": 5, "performed_by": "a nurse", **more.pop("profile", {})}
    return Procedure(
        **{
            "slug": slug,
            "title": slug.title(),
            "summary": f"About {slug}.",
            "served_locale": "en",
            "reviewed_at": date(2026, 11, 1),
            "family": ProcedureFamily.LASER,
            "profile": ProcedureProfile(downtime=downtime, **profile),
            **more,
        }
    )


def concern(slug: str) -> Concern:
    return Concern(
        slug=slug,
        title=slug.title(),
        summary=f"About {slug}.",
        served_locale="en",
        reviewed_at=date(2026, 11, 1),
    )


def indication(concern_slug: str, evidence: EvidenceLevel) -> Indication:
    return Indication(concern=concern_slug, evidence=evidence, sources=())


def days(least: float | None, typical: float | None, most: float | None) -> DayRange:
    return DayRange(min=least, typical=typical, max=most)


def snapshot_of(
    *procedures: Procedure,
    concerns: tuple[Concern, ...] = (),
    verdicts: tuple[Verdict, ...] = (),
    contraindications: tuple[ContraindicationTerm, ...] = (),
    locales: tuple[str, ...] = ("en",),
    content_hash: str = "abc",
) -> Snapshot:
    """The same entries in every locale; all of them in English."""
    info = ReleaseInfo(
        version="1", published_at=datetime(2026, 11, 2, tzinfo=UTC), content_hash=content_hash
    )
    catalogs = {
        locale: LocalizedCatalog(
            locale=locale,
            procedures=procedures,
            concerns=concerns,
            plans=(),
            verdicts=verdicts,
            contraindications=contraindications,
            guidance="Ask.",
        )
        for locale in locales
    }
    return Snapshot(Release(info=info, base_locale="en", catalogs=catalogs))
