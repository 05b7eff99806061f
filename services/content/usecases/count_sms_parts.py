"""What a clinic's name costs in its text messages."""

from collections.abc import Sequence

from services.content.domain.text_lengths import count_parts, sms_texts
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.find_clinic_plans import find_clinic_plans
from services.contracts.catalog import AftercarePlan
from services.contracts.content import CountSmsParts, GetClinicPlan, PlanParts


def count_sms_parts(
    uow: ContentUnitOfWork, asks: Sequence[CountSmsParts]
) -> list[tuple[PlanParts, ...]]:
    return [tuple(_parts(plan, ask.names) for plan in _plans_in_use(uow, ask)) for ask in asks]


def _plans_in_use(uow: ContentUnitOfWork, ask: CountSmsParts) -> list[AftercarePlan]:
    release = uow.releases.read_current()
    if release is None:
        return []
    slugs = [plan.slug for plan in release.catalogs[release.base_locale].plans]
    wanted = [
        GetClinicPlan(clinic_id=ask.clinic_id, slug=slug, locale=ask.locale) for slug in slugs
    ]
    plans = [plan for plan in find_clinic_plans(uow, wanted) if plan and not plan.conflicts]
    signed = [plan.plan for plan in plans if plan.review]
    return signed or [plan.plan for plan in plans]


def _parts(plan: AftercarePlan, names: Sequence[str]) -> PlanParts:
    texts = list(sms_texts(plan))
    counts = [[count_parts(text, plan.served_locale, name) for text in texts] for name in names]
    return PlanParts(
        slug=plan.slug,
        texts=len(texts),
        parts=tuple(map(sum, counts)),
        longest=tuple(max(of_name, default=0) for of_name in counts),
    )
