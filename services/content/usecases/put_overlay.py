"""Putting a clinic's own values for a plan into use, once every rule accepts them, and back."""

from services.content.domain.clinic_values import info
from services.content.domain.differences import plan_differences
from services.content.domain.overlay_source import OverlayFile, read_overlay
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.compile_overlay import CompiledOverlay, compile_overlay, outcome_of
from services.contracts.content import Problem, PutOverlay, PutOverlayReply, RemoveOverlay

_MOST_CHARACTERS = 200_000


def put_overlay(uow: ContentUnitOfWork, command: PutOverlay) -> PutOverlayReply:
    """Check the values and use them from now on, or say what is wrong with them.

    Values that differ only in comments are the same version, however often they are put.
    """
    now = uow.releases.begin_publishing()
    base = uow.releases.overlay_base()
    if base is None:
        return _refused(
            command, "nothing is published to apply this to; `afterglow catalog publish` does it"
        )
    if len(command.text) > _MOST_CHARACTERS:
        return _refused(command, f"over {_MOST_CHARACTERS} characters; no plan has that many")
    compiled = compile_overlay(base, command.name, command.text, is_new=True)
    if not isinstance(compiled, CompiledOverlay):
        return PutOverlayReply(info=None, problems=compiled)
    slug = compiled.slug
    changes = plan_differences(base.plans[slug], compiled.plans)
    if not changes:
        problem = "nothing here differs from the plan; write what is the clinic's own, or remove it"
        return _refused(command, problem)
    if command.dry_run:
        return PutOverlayReply(info=None, changes=changes, read_again=compiled.read_again)
    used = next(iter(uow.overlays.in_use_for([(command.clinic_id, slug)])), None)
    is_new = used is None or not _have_the_same_values(used.text, command.text)
    if is_new or used is None:
        used = uow.overlays.use(command.clinic_id, slug, command.name, command.text, now)
    outcome = outcome_of(base, slug, compiled)
    uow.overlays.keep(used, outcome)
    return PutOverlayReply(
        info=info(used, outcome), is_new=is_new, changes=changes, read_again=compiled.read_again
    )


def remove_overlay(uow: ContentUnitOfWork, command: RemoveOverlay) -> bool:
    """Stop using the values. Returns False if the clinic had none in use."""
    uow.releases.begin_publishing()
    return uow.overlays.stop_using(command.clinic_id, command.plan)


def _refused(command: PutOverlay, problem: str) -> PutOverlayReply:
    return PutOverlayReply(info=None, problems=(Problem(where=f"{command.name}:1", what=problem),))


def _have_the_same_values(text: str, other_text: str) -> bool:
    first, second = (read_overlay("", text) for text in (text, other_text))
    return (
        isinstance(first, OverlayFile)
        and isinstance(second, OverlayFile)
        and first.source == second.source
    )
