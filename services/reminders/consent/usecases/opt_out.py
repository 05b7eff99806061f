"""Stop using an address because its owner says so, and take that back.

An opt-out commits before anything else is done about it: from then on no reminder begins. It
holds for the clinic and for every clinic on the same sender, for that is what the patient's phone
shows.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentMethod, Mode, SuppressionReason, TaskKind


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A patient who is reached at an address."""

    clinic_id: int
    patient_id: int
    contact_point_id: int
    mode: Mode = Mode.LIVE


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """How an opt-out was said: what goes into the consent ledger. No purpose: every purpose."""

    method: ConsentMethod
    source: str
    evidence: str
    purpose: Purpose | None = None


class OptOuts(Protocol):
    """In the transaction of one command."""

    def suppress(
        self, clinic_id: int, channel: Channel, address: str, reason: SuppressionReason
    ) -> bool:
        """False when it was suppressed for that reason already."""
        ...

    def lift(self, clinic_id: int, channel: Channel, address: str) -> bool:
        """End the opt-out, and no other reason there may be; False when there was none."""
        ...

    def withdraw_consents(self, person: Person, channel: Channel, said: Withdrawal) -> None: ...

    def skip_unsent(
        self, person: Person, code: str, purpose: Purpose | None = None
    ) -> list[tuple[int, int]]:
        """End the reminders and corrections that have not begun; answers with their keys."""
        ...

    def confirm(self, person: Person, channel: Channel) -> None:
        """One confirmation, due now."""
        ...

    def is_in_care(self, person: Person) -> bool: ...

    def open_task(self, person: Person, kind: TaskKind, title: str) -> None:
        """Open it, unless there is an open one of this patient's that says the same."""
        ...


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it: an address, the clinics it says it to, and the patients there with it.

    `is_answerable` is False where the carrier lets no confirmation through.
    """

    channel: Channel
    address: str
    clinic_ids: tuple[int, ...]
    people: tuple[Person, ...]
    said: Withdrawal
    is_answerable: bool = True


def opt_out(opt_outs: OptOuts, asked: OptOut) -> list[tuple[int, int]]:
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


def opt_in(opt_outs: OptOuts, asked: OptOut) -> bool:
    """Lift an opt-out; False when there was none.

    What was withdrawn stays withdrawn: consent has to be given again, in words that say what for.
    """
    lifted = [
        opt_outs.lift(clinic_id, asked.channel, asked.address) for clinic_id in asked.clinic_ids
    ]
    return any(lifted)


def _one_each(people: Sequence[Person]) -> list[Person]:
    return list({person.clinic_id: person for person in reversed(people)}.values())[::-1]
