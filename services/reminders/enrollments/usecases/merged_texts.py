"""Whether texts that could be merged are carried whole as one message."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.reminders import Scope
from services.contracts.senders import SenderRecord
from services.contracts.sms.limits import SmsLimit, carried_by_all, fits, limit_of
from services.contracts.words import MessageDetail
from services.reminders.core.key import Key
from services.reminders.core.message_text import CannotRender, StepText, facts_about
from services.reminders.core.senders import signed_by
from services.reminders.core.visits import VisitMessage
from services.reminders.enrollments.domain.reminders import StoredReminder
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.rendering.renderer import render_together

_LEAST_MERGED: Final = 2


class _Text(msgspec.Struct, frozen=True):
    text: StepText
    detail: MessageDetail


class MergedTexts:
    """The texts of a visit's messages; they are read when a length is first asked for."""

    def __init__(
        self, uow: EnrollmentsUnitOfWork, scope: Scope, messages: Collection[VisitMessage]
    ) -> None:
        self._uow = uow
        self._scope = scope
        self._sms = [message.id for message in messages if message.channel is Channel.SMS]

    def fit(self, ids: Sequence[int]) -> bool:
        """What cannot be rendered is merged: it fails, and a person is told, when it is due."""
        texts = [self._texts[id_] for id_ in ids if id_ in self._texts]
        if len(texts) < _LEAST_MERGED:
            return True
        return fit_together([item.text for item in texts], texts[0].detail, self._limit)

    @cached_property
    def _senders(self) -> Sequence[SenderRecord]:
        return sms_senders(self._uow.senders.list(self._scope.clinic_id))

    @cached_property
    def _limit(self) -> SmsLimit:
        return sms_limit(self._senders)

    @cached_property
    def _texts(self) -> Mapping[int, _Text]:
        uow = self._uow
        reminders = uow.reminders.get([Key.within(self._scope, id_) for id_ in self._sms]).values()
        plans = uow.plans.get({(item.clinic_id, item.plan_version_id) for item in reminders})
        patients = uow.patients.get({_patient_key(item) for item in reminders})
        texts: dict[int, _Text] = {}
        for item in reminders:
            plan, patient = (
                plans[item.clinic_id, item.plan_version_id],
                patients[_patient_key(item)],
            )
            step = next((step for step in plan.steps if step.key == item.step_key), None)
            if step is not None:
                facts = facts_about(patient, item, sent_at=item.due_at, voice=plan.voice)
                if self._senders:
                    facts = signed_by(self._senders[0], facts)
                detail = patient.detail_for(item.channel, item.purpose)
                texts[item.id] = _Text(StepText(step, facts), detail)
        return texts


def sms_senders(senders: Sequence[SenderRecord]) -> Sequence[SenderRecord]:
    return [sender for sender in senders if sender.channel is Channel.SMS]


def sms_limit(senders: Sequence[SenderRecord]) -> SmsLimit:
    """What each of a clinic's senders carries whole."""
    return carried_by_all(limit_of(sender.most_parts) for sender in senders)


def fit_together(texts: Sequence[StepText], detail: MessageDetail, limit: SmsLimit) -> bool:
    try:
        return fits(render_together(texts, Channel.SMS, detail).text, limit)
    except CannotRender:
        return True


def _patient_key(reminder: StoredReminder) -> Key:
    return Key(reminder.clinic_id, reminder.mode, reminder.patient_id)
