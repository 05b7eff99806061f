"""Names refer to something, stand once in a list, and every claim has a source."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from services.content.domain.faults import Fault, Path
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import PlanSource, ProcedureSource

_Reference = tuple[str, Path, str, str]  # document, path, kind and name


def claims_name_sources(locale: Locale) -> Faults:
    sources = locale.catalog.sources
    for name, document in locale.documents.items():
        if name == "sources.yaml":
            continue
        for path in document.places:
            if path and path[-1] == "sources" and (*path, 0) not in document.places:
                yield Fault(
                    name, path, "a claim without a source; name one, or leave the claim out"
                )
            elif _names_source(path) and path in document.scalars and locale.has("sources.yaml"):
                yield from _unknown_reference(name, path, document.scalars[path], sources, "source")


def _names_source(path: Path) -> bool:
    return len(path) > 1 and path[-2] == "sources"


def grades_can_be_relied_on(locale: Locale) -> Faults:
    for key, source in locale.catalog.sources.items():
        if source.grade not in ("A", "B", "C", "D"):
            problem = "a grade is A, B, C or D; what nobody has looked up is no source"
            yield Fault("sources.yaml", (key, "grade"), problem)


def references_exist(locale: Locale) -> Faults:
    procedures, concerns = locale.slugs("procedures"), locale.slugs("concerns")
    names: dict[str, Iterable[str]] = {"procedure": procedures, "concern": concerns}
    if locale.has("red-flags.yaml"):
        names["red flag"] = locale.catalog.red_flags
    if locale.has("contraindications.yaml"):
        names["contraindication"] = locale.catalog.contraindications
    for name, path, kind, value in _references(locale):
        if kind in names:
            yield from _unknown_reference(name, path, value, names[kind], kind)


def names_are_used_once(locale: Locale) -> Faults:
    for name, procedure in locale.procedures():
        yield from _once(name, "treats", [t.concern for t in procedure.treats])
        yield from _once(name, "contraindications", [c.code for c in procedure.contraindications])
        yield from _once(name, "red_flags", procedure.red_flags)
        yield from _once(name, "devices", [d.slug for d in procedure.devices])
        skin_types = [kind.value for entry in procedure.suitability for kind in entry.skin_types]
        yield from _once(name, "suitability", skin_types)
    for name, plan in locale.plans():
        yield from _once(name, "steps", [step.key for step in plan.steps])
        yield from _once(name, "procedures", plan.procedures)


def search_names_are_unambiguous(locale: Locale) -> Faults:
    """A name must belong to one page, or a search for it would be ambiguous."""
    owners: dict[str, str] = {}
    for name, path, term in _search_names(locale):
        owner = owners.setdefault(term.casefold(), name)
        if owner != name:
            yield Fault(name, path, f"{term!r} belongs to {owner} already; keep it in one")


def _search_names(locale: Locale) -> Iterator[tuple[str, Path, str]]:
    """Yield titles first: a page may not use another page's title as an alias."""
    for name, procedure in locale.procedures():
        yield name, ("title",), procedure.title
    for name, procedure in locale.procedures():
        for field in ("aliases", "misspellings"):
            for number, alias in enumerate(getattr(procedure, field)):
                yield name, (field, number), alias


def parents_do_not_circle(locale: Locale) -> Faults:
    parents = {slug: entry.parent for slug, entry in locale.catalog.procedures.items()}
    for slug, parent in parents.items():
        above, current = set[str](), parent
        while current and current not in above:
            above.add(current)
            current = parents.get(current)
        if slug in above:
            problem = f"{slug} is its own ancestor; name a broader procedure, or remove the key"
            yield Fault(f"procedures/{slug}.yaml", ("parent",), problem)


def verdicts_compare(locale: Locale) -> Faults:
    for number, verdict in enumerate(locale.catalog.comparison.verdicts):
        if len(set(verdict.procedures)) < 2:  # noqa: PLR2004 - it takes two to compare
            path: Path = ("verdicts", number, "procedures")
            yield Fault("comparison.yaml", path, "a verdict compares; name two or more procedures")


def _references(locale: Locale) -> Iterator[_Reference]:
    for name, procedure in locale.procedures():
        yield from _references_of_procedure(name, procedure)
    for name, plan in locale.plans():
        yield from _references_of_plan(name, plan)
    for n, verdict in enumerate(locale.catalog.comparison.verdicts):
        for m, slug in enumerate(verdict.procedures):
            yield "comparison.yaml", ("verdicts", n, "procedures", m), "procedure", slug


def _references_of_procedure(name: str, procedure: ProcedureSource) -> Iterator[_Reference]:
    if procedure.parent:
        yield name, ("parent",), "procedure", procedure.parent
    for n, treated in enumerate(procedure.treats):
        yield name, ("treats", n, "concern"), "concern", treated.concern
    for n, against in enumerate(procedure.contraindications):
        yield name, ("contraindications", n, "code"), "contraindication", against.code
    for n, code in enumerate(procedure.red_flags):
        yield name, ("red_flags", n), "red flag", code


def _references_of_plan(name: str, plan: PlanSource) -> Iterator[_Reference]:
    for n, slug in enumerate(plan.procedures):
        yield name, ("procedures", n), "procedure", slug
    for n, step in enumerate(plan.steps):
        for m, code in enumerate(step.seek_help_if):
            yield name, ("steps", n, "seek_help_if", m), "red flag", code
        for field in ("decides", "asks"):
            for m, code in enumerate(getattr(step, field)):
                yield name, ("steps", n, field, m), "contraindication", code


def _unknown_reference(
    name: str, path: Path, value: str, names: Iterable[str], kind: str
) -> Faults:
    if value in names:
        return
    near = get_close_matches(value, list(names), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "add it, or correct the name"
    yield Fault(name, path, f"unknown {kind} {value!r}; {hint}")


def _once(name: str, field: str, values: Iterable[str]) -> Faults:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield Fault(name, (field, number), f"{value!r} is in {field} twice; keep one")
        seen.add(value)
