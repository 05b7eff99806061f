"""The rule of what may be sent, and the guard in the statement that begins an attempt.

A message is judged, then something changes, then its attempt begins. The guard lets it begin
exactly if the rule, asked again, would let it go under the same consent.
"""

from collections.abc import Callable
from itertools import product
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.enrollments import PauseEnrollment
from services.contracts.reminders import CancelEnrollment, Scope
from services.contracts.sms.limits import TextPart
from services.contracts.words import ConsentState, Mode, Role, SuppressionReason
from services.reminders.core.message_text import RenderedMessage
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import consent, hold, outbound, suppression
from services.reminders.delivery.domain.attempts import Beginning
from services.reminders.delivery.domain.dispatch import (
    DispatchContext,
    Park,
    Policy,
    Send,
    Verdict,
    decide,
)
from services.reminders.enrollments.usecases.enrollment_status import (
    cancel_enrollment,
    pause_enrollment,
)
from tests.support.reminders.due_messages import LONG_AGO, PHONE, DueMessages
from tests.support.reminders.sending import Worker, claim
from tests.support.reminders.units_of_work import unit_of_work

Change = Callable[[DueMessages], object]


def nothing(due: DueMessages) -> None:
    del due


def consent_erased(due: DueMessages) -> None:
    with due.engine.begin() as connection:
        connection.execute(sa.update(outbound).values(consent_id=None))
        connection.execute(sa.delete(consent).where(consent.c.clinic_id == due.clinic_id))


def newest_consent(state: ConsentState) -> Change:
    return lambda due: due.consent(Channel.SMS, state)


def marketing_withdrawn(due: DueMessages) -> None:
    due.consent(Channel.SMS, ConsentState.WITHDRAWN, purpose=Purpose.MARKETING)


def suppressed(
    reason: SuppressionReason, *, address: str = PHONE, is_lifted: bool = False
) -> Change:
    def suppress(due: DueMessages) -> None:
        with due.engine.begin() as connection:
            connection.execute(
                sa.insert(suppression).values(
                    clinic_id=due.clinic_id,
                    channel=Channel.SMS,
                    address_index=due.index(Channel.SMS, address),
                    reason=reason,
                    since=LONG_AGO,
                    lifted_at=product_now if is_lifted else None,
                )
            )

    return suppress


def scope_of(due: DueMessages) -> Scope:
    return Scope(clinic_id=due.clinic_id, mode=Mode.LIVE, role=Role.STAFF, actor="key:1")


def cancelled(due: DueMessages) -> None:
    command = CancelEnrollment(scope=scope_of(due), enrollment_id=due.enrollment_id)
    with unit_of_work(due.engine, due.vault) as uow:
        assert not cancel_enrollment(uow, command).refusals


def paused(due: DueMessages) -> None:
    command = PauseEnrollment(scope=scope_of(due), enrollment_id=due.enrollment_id)
    with unit_of_work(due.engine, due.vault) as uow:
        assert not pause_enrollment(uow, command).refusals


CONSENTS: dict[str, Change] = {
    "as it was": nothing,
    "none": consent_erased,
    "of marketing": marketing_withdrawn,
    **{state.lower(): newest_consent(state) for state in ConsentState},
}
SUPPRESSIONS: dict[str, Change] = {
    "not suppressed": nothing,
    "lifted": suppressed(SuppressionReason.OPT_OUT, is_lifted=True),
    "another address": suppressed(SuppressionReason.OPT_OUT, address="+12025550177"),
    **{reason.lower(): suppressed(reason) for reason in SuppressionReason},
}
ENROLLMENTS: dict[str, Change] = {"active": nothing, "cancelled": cancelled, "paused": paused}
KINDS = (
    OutboundKind.REMINDER,
    OutboundKind.CORRECTION,
    OutboundKind.REPLY,
    OutboundKind.SAFETY,
    OutboundKind.OPT_OUT_CONFIRMATION,
)
Situation = tuple[OutboundKind, str, str, str]


def situations() -> list[Situation]:
    """Each change alone for each kind, and a sample of all that may come together.

    What becomes of an enrollment moves its reminders; other kinds ignore it.
    """
    usual = ("as it was", "not suppressed", "active")
    alone = [
        *((kind, consent, *usual[1:]) for kind in KINDS for consent in CONSENTS),
        *((kind, usual[0], other, usual[2]) for kind in KINDS for other in SUPPRESSIONS),
        *((OutboundKind.REMINDER, *usual[:2], enrollment) for enrollment in ENROLLMENTS),
    ]
    every = [
        situation
        for situation in product(KINDS, CONSENTS, SUPPRESSIONS, ENROLLMENTS)
        if situation[0] is OutboundKind.REMINDER or situation[3] == "active"
    ]
    sample = Random(10).sample(every, 40)  # noqa: S311 - the same cases every time
    return list(dict.fromkeys([*alone, *sample]))


def add_message(due: DueMessages, kind: OutboundKind) -> None:
    if kind is OutboundKind.REMINDER:
        due.remind()
        return
    text = due.vault.seal_text("Hello", context=contexts.BODY)
    due.remind(kind=kind, step_key=None, step_kind=None, body_sealed=text)


def judged(worker: Worker, context: DispatchContext) -> tuple[DispatchContext, Verdict]:
    now, [again] = worker.contexts.load([context.claim])
    return again, decide(again.claim, again.facts, Policy(), now=now)


def judged_first(
    due: DueMessages, worker: Worker, kind: OutboundKind
) -> tuple[DispatchContext, Send]:
    add_message(due, kind)
    _, [context] = worker.contexts.load(claim(worker))
    context, verdict = judged(worker, context)
    assert isinstance(verdict, Send)
    return context, verdict


def begins(worker: Worker, context: DispatchContext, send: Send) -> bool:
    beginning = Beginning(
        claim=context.claim,
        sender=context.senders[0],
        consent_id=send.consent_id,
        address_indexes=context.address_indexes,
        message=RenderedMessage(text="Hello"),
        part=TextPart(1, "Hello"),
    )
    return bool(worker.attempts.begin([beginning]))


@pytest.mark.parametrize("situation", situations(), ids="-".join)
def test_the_guard_begins_what_the_rule_still_lets_go(
    situation: Situation, due: DueMessages, worker: Worker
) -> None:
    kind, consent_change, suppression_change, enrollment_change = situation
    context, before = judged_first(due, worker, kind)

    CONSENTS[consent_change](due)
    SUPPRESSIONS[suppression_change](due)
    ENROLLMENTS[enrollment_change](due)
    _, after = judged(worker, context)

    assert begins(worker, context, before) is is_same_consent(before, after)


def is_same_consent(before: Send, after: Verdict) -> bool:
    if not isinstance(after, Send):
        return False
    # What relied on a consent is never sent without one: the guard would have nothing to compare.
    assert (after.consent_id is None) is (before.consent_id is None)
    return after.consent_id == before.consent_id


def test_a_clinic_held_between_is_seen_by_the_rule_and_in_the_next_batch(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    """A hold says nothing about a patient: what was judged before it goes out with its batch."""
    context, before = judged_first(due, worker, OutboundKind.REMINDER)
    hold_id = add_hold(due)

    assert judged(worker, context)[1] == Park(hold_id, Reason.HELD)
    assert begins(worker, context, before)

    add_message(due, OutboundKind.CORRECTION)
    following = Worker(engine, vault)
    assert following.send_batch(Channel.SMS) is not None
    assert following.dispatcher.sent == []


def add_hold(due: DueMessages) -> int:
    values: dict[str, Any] = {"clinic_id": due.clinic_id, "reason": "test", "placed_by": "operator"}
    with due.engine.begin() as connection:
        statement = sa.insert(hold).values(placed_at=product_now, **values)
        added: int = connection.execute(statement.returning(hold.c.id)).scalar_one()
    return added
