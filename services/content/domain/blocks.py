"""Authors' text, as published blocks and messages."""

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
            discreet=MessageBody(text=sms.discreet), detailed=MessageBody(text=sms.detailed)
        )
    if messages and (email := messages.email):
        written[Channel.EMAIL] = StepMessages(
            discreet=MessageBody(text=email.discreet.text, subject=email.discreet.subject),
            detailed=MessageBody(text=email.detailed.text, subject=email.detailed.subject),
        )
    return written
