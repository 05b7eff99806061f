"""How commands print problems of the catalog, and whose values do not fit it."""

from collections.abc import Iterable, Iterator

from services.contracts.content import OverlayInfo, Problem


def problem_list(problems: Iterable[Problem], of_what: str) -> str:
    """A line that counts them, then one for each."""
    lines = [f"{problem.where}: {problem.what}" for problem in problems]
    return "\n".join((f"{len(lines)} {of_what}:", *lines))


def conflict_lines(overlays: Iterable[OverlayInfo]) -> Iterator[str]:
    """Which clinics enroll nobody in a plan until their own values for it are put right."""
    for info in overlays:
        if info.conflicts:
            yield (
                f"Clinic {info.clinic_id}: its own values do not fit {info.plan} any more."
                " It enrolls nobody there until they are put right or removed (afterglow overlays)."
            )
            yield from (f"  {problem.where}: {problem.what}" for problem in info.conflicts)
