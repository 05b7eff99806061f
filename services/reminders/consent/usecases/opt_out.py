"""Stop using an address because its owner says so, and take that back.

An opt-out commits before anything else is done about it: from then on no reminder begins. It
holds for the clinic and for every clinic on the same sender, for that is what the patient's phone
shows.
"""

from collections.abc import Sequence

from services.contracts.catalog import Channel
from services.contracts.words import SuppressionReason, TaskKind
from services.reminders.consent.domain.opt_out import AddressOwner, OptOut
from services.reminders.consent.storage.opt_outs import OptOutRepository


def opt_out(opt_outs: OptOutRepository, asked: OptOut) -> list[tuple[int, int]]:
    """Answers with the (clinic id, outbound id) of what will not be sent."""
    skipped: list[tuple[int, int]] = []
    newly = {
        clinic_id
        for clinic_id in asked.clinic_ids
        if opt_outs.suppress(clinic_id, asked.channel, asked.address, SuppressionReason.OPT_OUT)
    }
    for person in asked.people:
        opt_outs.withdraw_consents(person, asked.channel, asked.said)
        skipped += opt_outs.skip_unsent(person, "OPTED_OUT")
        if person.clinic_id in newly and opt_outs.is_in_care(person):
            opt_outs.open_task(
                person,
                TaskKind.OPTED_OUT,
                f"Opted out of {asked.channel} during care; agree on another way",
            )
    if asked.channel is Channel.SMS and asked.is_answerable:
        for person in _one_each(asked.people):
            if person.clinic_id in newly:
                opt_outs.confirm(person, asked.channel)
                break  # one phone gets one confirmation, whoever shares its sender
    return skipped


def opt_in(opt_outs: OptOutRepository, asked: OptOut) -> bool:
    """Lift an opt-out; False when there was none.

    What was withdrawn stays withdrawn: consent has to be given again, in words that say what for.
    """
    lifted = [
        opt_outs.lift(clinic_id, asked.channel, asked.address) for clinic_id in asked.clinic_ids
    ]
    return any(lifted)


def _one_each(people: Sequence[AddressOwner]) -> list[AddressOwner]:
    return list({person.clinic_id: person for person in reversed(people)}.values())[::-1]
