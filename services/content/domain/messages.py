"""The texts of a plan's messages."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from services.content.domain.faults import Path
from services.content.domain.source import PlanSource, PlanStepSource
from services.content.domain.written import CheckInSource, CheckInTexts, Email
from services.contracts.catalog import Channel, Purpose

_ANSWER_SEGMENTS: Final = 2
_URL: Final = f"https://aftercare.northside-clinic.example/c/{'x' * 48}"


class MessageText(msgspec.Struct, frozen=True, kw_only=True):
    """One text that a patient may receive, and its path in the source.

    Without a `step` it belongs to every check-in of the plan. `extra` has the variables that it may
    show besides those of every message, with their longest values.
    """

    step: PlanStepSource | None
    channel: Channel
    is_discreet: bool
    is_subject: bool = False
    text: str
    path: Path
    extra: Mapping[str, str] = {}

    @property
    def purpose(self) -> Purpose:
        return self.step.purpose if self.step else Purpose.CARE

    @property
    def budget(self) -> int:
        """The most segments that an SMS may take."""
        if self.step is None:
            return _ANSWER_SEGMENTS
        messages = self.step.messages
        return messages.sms.max_segments if messages and messages.sms else 0


def message_texts(plan: PlanSource) -> Iterator[MessageText]:
    for number, step in enumerate(plan.steps):
        if step.messages is None:
            continue
        path: Path = ("steps", number, "messages")
        extra = _shown([step.check_in]) if step.check_in else {}
        if sms := step.messages.sms:
            yield _text(step, Channel.SMS, sms.discreet, (*path, "sms", "discreet"), extra)
            yield _text(step, Channel.SMS, sms.detailed, (*path, "sms", "detailed"), extra)
        if email := step.messages.email:
            yield from _email(step, email.discreet, (*path, "email", "discreet"), extra)
            yield from _email(step, email.detailed, (*path, "email", "detailed"), extra)
    if plan.check_in_texts:
        yield from _of_check_ins(plan, plan.check_in_texts)


def _shown(check_ins: list[CheckInSource]) -> dict[str, str]:
    lines = (
        ", ".join(f"{option.value} {option.label}" for option in check_in.options)
        for check_in in check_ins
    )
    return {"check_in_options": max(lines, key=len, default=""), "check_in_url": _URL}


def _of_check_ins(plan: PlanSource, texts: CheckInTexts) -> Iterator[MessageText]:
    extra = _shown([step.check_in for step in plan.steps if step.check_in])
    path: Path = ("check_in_texts",)
    for level in texts.replies.__struct_fields__:
        answer: Email = getattr(texts.replies, level)
        place = (*path, "replies", level)
        yield from _email(None, answer, place, {})
        yield _text(None, Channel.SMS, answer.text, (*place, "text"), {})
    if texts.nudge.email:
        yield from _email(None, texts.nudge.email, (*path, "nudge", "email"), extra)
    if texts.nudge.sms:
        yield _text(None, Channel.SMS, texts.nudge.sms, (*path, "nudge", "sms"), extra)


def _email(
    step: PlanStepSource | None, email: Email, path: Path, extra: Mapping[str, str]
) -> Iterator[MessageText]:
    yield _text(step, Channel.EMAIL, email.subject, (*path, "subject"), extra)
    yield _text(step, Channel.EMAIL, email.text, (*path, "text"), extra)


def _text(
    step: PlanStepSource | None, channel: Channel, text: str, path: Path, extra: Mapping[str, str]
) -> MessageText:
    return MessageText(
        step=step,
        channel=channel,
        is_discreet="detailed" not in path,
        is_subject=path[-1] == "subject",
        text=text,
        path=path,
        extra=extra,
    )
