"""How commands print problems of the catalog, what changes, and whose values do not fit."""

from collections.abc import Iterable, Iterator

from services.contracts.content import Change, OverlayInfo, Problem

_ONE_LINE = 60


def problem_list(problems: Iterable[Problem], of_what: str) -> str:
    """A line that counts them, then one for each."""
    lines = [f"{problem.where}: {problem.what}" for problem in problems]
    return "\n".join((f"{len(lines)} {of_what}:", *lines))


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Under a heading for each entry and locale: + is new, - is gone, ~ is another now."""
    heading = ""
    for change in changes:
        if heading != (heading := _heading(change)):
            yield heading
        yield _told(change)


def misfit_lines(overlays: Iterable[OverlayInfo]) -> Iterator[str]:
    """Which clinics enroll nobody in a plan until their own values for it are put right."""
    for info in overlays:
        if info.misfits:
            yield (
                f"Clinic {info.clinic_id}: its own values do not fit {info.plan} any more."
                " It enrolls nobody there until they are put right or removed (afterglow overlays)."
            )
            yield from (f"  {problem.where}: {problem.what}" for problem in info.misfits)


def _heading(change: Change) -> str:
    return f"{' '.join(filter(None, (change.kind, change.slug)))} ({change.locale})"


def _told(change: Change) -> str:
    path = change.path or "all of it"
    if change.was is None:
        return f"  + {path}: {change.becomes}"
    if change.becomes is None:
        return f"  - {path}: {change.was}"
    if len(change.was) + len(change.becomes) <= _ONE_LINE:
        return f"  ~ {path}: {change.was} → {change.becomes}"
    return f"  ~ {path}\n      was:     {change.was}\n      becomes: {change.becomes}"
