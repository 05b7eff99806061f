"""How commands print lists, and problems of the catalog and of clinics' own values."""

from collections.abc import Iterable, Iterator

import click

from services.contracts.content import OverlayInfo, Problem


def tabbed(*fields: object) -> str:
    return "\t".join(map(str, fields))


def echo_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def problem_list(problems: Iterable[Problem], description: str) -> str:
    """Return a line with the number of problems, then one line for each."""
    lines = [f"{problem.where}: {problem.what}" for problem in problems]
    return "\n".join((f"{len(lines)} {description}:", *lines))


def conflict_lines(overlays: Iterable[OverlayInfo]) -> Iterator[str]:
    """Yield the clinics that cannot enroll patients in a plan because of their own values."""
    for info in overlays:
        if info.conflicts:
            yield (
                f"Clinic {info.clinic_id}: its own values do not fit {info.plan} any more."
                " It enrolls nobody there until they are put right or removed (afterglow overlays)."
            )
            yield from (f"  {problem.where}: {problem.what}" for problem in info.conflicts)
