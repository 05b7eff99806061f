"""The messages of a plan, one text at a time."""

from collections.abc import Iterator

import msgspec

from services.content.domain.faults import Path
from services.content.domain.source import Email, PlanSource, PlanStepSource
from services.contracts.catalog import Channel


class MessageText(msgspec.Struct, frozen=True, kw_only=True):
    """One text that a patient may receive, and where its author wrote it."""

    step: PlanStepSource
    channel: Channel
    is_discreet: bool
    is_subject: bool = False
    text: str
    path: Path


def message_texts(plan: PlanSource) -> Iterator[MessageText]:
    for number, step in enumerate(plan.steps):
        if step.messages is None:
            continue
        path: Path = ("steps", number, "messages")
        if sms := step.messages.sms:
            for detail, text in (("discreet", sms.discreet), ("detailed", sms.detailed)):
                yield MessageText(
                    step=step,
                    channel=Channel.SMS,
                    is_discreet=detail == "discreet",
                    text=text,
                    path=(*path, "sms", detail),
                )
        if email := step.messages.email:
            yield from _email(step, email.discreet, (*path, "email", "discreet"))
            yield from _email(step, email.detailed, (*path, "email", "detailed"))


def _email(step: PlanStepSource, email: Email, path: Path) -> Iterator[MessageText]:
    for part, text in (("subject", email.subject), ("text", email.text)):
        yield MessageText(
            step=step,
            channel=Channel.EMAIL,
            is_discreet=path[-1] == "discreet",
            is_subject=part == "subject",
            text=text,
            path=(*path, part),
        )
