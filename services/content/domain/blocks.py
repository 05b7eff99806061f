"""Turns authors' text into published blocks and messages."""

import re
from typing import Final

from services.content.domain.markdown import plain_text
from services.content.domain.source import Body, ChecklistSource, Messages, NoticeSource
from services.contracts.catalog import (
    Channel,
    Checklist,
    ContentBlock,
    MessageBody,
    Notice,
    Paragraph,
    StepMessages,
)

_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


def blocks(body: Body) -> tuple[ContentBlock, ...]:
    return tuple(_block(block) for block in body)


def _block(block: str | ChecklistSource | NoticeSource) -> ContentBlock:
    if isinstance(block, ChecklistSource):
        lines = [block.checklist] if block.checklist else []
        text = "\n".join([*lines, *(f"- {item}" for item in block.items)])
        return Checklist(text=text, title=block.checklist, items=block.items)
    if isinstance(block, NoticeSource):
        return Notice(text=plain_text(block.text), severity=block.notice, markdown=block.text)
    return Paragraph(text=plain_text(block), markdown=block)


def messages_by_channel(messages: Messages | None) -> dict[Channel, StepMessages]:
    written: dict[Channel, StepMessages] = {}
    if messages and (sms := messages.sms):
        written[Channel.SMS] = StepMessages(
            discreet=_message(sms.discreet), detailed=_message(sms.detailed)
        )
    if messages and (email := messages.email):
        written[Channel.EMAIL] = StepMessages(
            discreet=_message(email.discreet.text, email.discreet.subject),
            detailed=_message(email.detailed.text, email.detailed.subject),
        )
    return written


def _message(text: str, subject: str | None = None) -> MessageBody:
    return MessageBody(text=unwrapped(text), subject=subject)


def unwrapped(text: str) -> str:
    """Put each paragraph and list item on one line, because phones wrap lines themselves."""
    return "\n\n".join(_joined(paragraph) for paragraph in _PARAGRAPHS.split(text.strip()))


def _joined(paragraph: str) -> str:
    lines: list[str] = []
    for line in map(str.strip, paragraph.splitlines()):
        if lines and not line.startswith("- "):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)
