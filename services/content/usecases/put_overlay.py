"""Putting a clinic's own values for a plan to use, once they hold to every rule."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from services.content.domain.clinic_values import Outcome, Overlay, info
from services.content.domain.differences import plan_differences
from services.content.domain.overlay_source import OverlayFile, read_overlay
from services.content.usecases.lay_again import outcome_of
from services.content.usecases.lay_overlay import Ground, Laid, lay_overlay
from services.contracts.content import Problem, PutOverlay, PutOverlayReply

_MOST_CHARACTERS = 200_000


class Shelf(Protocol):
    """The methods of one putting share a transaction, in which nobody else changes anything."""

    def in_use_for(self, keys: Collection[tuple[int, str]]) -> tuple[Overlay, ...]: ...

    def use(self, clinic_id: int, plan: str, name: str, text: str, put_at: datetime) -> Overlay: ...

    def keep(self, put: Overlay, outcome: Outcome) -> None: ...


def put_overlay(
    command: PutOverlay, ground: Ground, shelf: Shelf, now: datetime
) -> PutOverlayReply:
    """Check the values and use them from now, or answer with what is wrong.

    The same values are the same version, however often they are put, and whatever comments are
    beside them.
    """
    if len(command.text) > _MOST_CHARACTERS:
        what = f"over {_MOST_CHARACTERS} characters; no plan has that many"
        return PutOverlayReply(info=None, problems=(Problem(where=f"{command.name}:1", what=what),))
    laid = lay_overlay(ground, command.name, command.text, is_new=True)
    if not isinstance(laid, Laid):
        return PutOverlayReply(info=None, problems=laid)
    changes = plan_differences(ground.plans[laid.slug], laid.plans)
    if not changes:
        what = "nothing here differs from the plan; write what is the clinic's own, or remove it"
        return PutOverlayReply(info=None, problems=(Problem(where=f"{command.name}:1", what=what),))
    if command.dry_run:
        return PutOverlayReply(info=None, changes=changes, read_again=laid.read_again)
    used = next(iter(shelf.in_use_for([(command.clinic_id, laid.slug)])), None)
    is_new = used is None or not _say_the_same(used.text, command.text)
    if is_new or used is None:
        used = shelf.use(command.clinic_id, laid.slug, command.name, command.text, now)
    outcome = outcome_of(ground, laid.slug, laid)
    shelf.keep(used, outcome)
    return PutOverlayReply(
        info=info(used, outcome), is_new=is_new, changes=changes, read_again=laid.read_again
    )


def _say_the_same(one: str, other: str) -> bool:
    first, second = (read_overlay("", text) for text in (one, other))
    return (
        isinstance(first, OverlayFile)
        and isinstance(second, OverlayFile)
        and first.source == second.source
    )
