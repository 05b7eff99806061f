"""Fills in the templates of a plan's step."""

import re
from collections.abc import Callable
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.contracts.catalog import AftercareStep, Channel, MessageBody, Purpose
from services.contracts.words import MessageDetail
from services.reminders.domain.durations import parse_duration
from services.reminders.domain.message_text import CannotRender, MessageFacts, RenderedMessage
from services.reminders.rendering import phrases
from services.reminders.rendering.html import from_text
from services.reminders.rendering.typography import plain

_LONGEST_SMS = 1600
_LONGEST_NAME = 60
_LINK = re.compile(r"://|www\.|\w\.\w{2,}|[<>@/\\]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


class JinjaRenderer:
    """Templates run in a sandbox, without loaders; what they name and we lack is an error."""

    def __init__(self) -> None:
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            autoescape=False,  # the output is plain text; its HTML is escaped when it is made
            keep_trailing_newline=False,
        )
        self._compile = lru_cache(maxsize=2048)(environment.from_string)

    def render(
        self, step: AftercareStep, channel: Channel, detail: MessageDetail, facts: MessageFacts
    ) -> RenderedMessage:
        body = _body(step, channel, detail)
        try:
            text = self._fill(body.text, channel, facts)
            subject = self._subject(body, channel, facts)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as fault:
            raise CannotRender(f"step {step.key}, {channel}: {type(fault).__name__}") from None
        message = _sign(text, channel, step.purpose, facts)
        if channel is Channel.SMS and len(message) > _LONGEST_SMS:
            raise CannotRender(f"step {step.key}, {channel}: longer than {_LONGEST_SMS} characters")
        return RenderedMessage(
            text=message,
            subject=subject and _CONTROL.sub(" ", subject),
            html=from_text(message, locale=facts.locale) if channel is Channel.EMAIL else None,
        )

    def _subject(self, body: MessageBody, channel: Channel, facts: MessageFacts) -> str | None:
        if not body.subject or channel is Channel.SMS:
            return None  # a text has none
        return self._fill(body.subject, channel, facts)

    def _fill(self, source: str, channel: Channel, facts: MessageFacts) -> str:
        template: Template = self._compile(plain(source) if channel is Channel.SMS else source)
        return template.render(_variables(facts)).strip()


def _body(step: AftercareStep, channel: Channel, detail: MessageDetail) -> MessageBody:
    messages = step.messages.get(channel)
    if messages is None:
        raise CannotRender(f"step {step.key} has no text for {channel}")
    return messages.detailed if detail is MessageDetail.DETAILED else messages.discreet


def _variables(facts: MessageFacts) -> dict[str, object]:
    words = phrases.language(facts.locale)
    zone = ZoneInfo(facts.time_zone)
    variables: dict[str, object] = {
        "clinic_name": facts.clinic_name,
        "emergency_number": facts.emergency_number,
        "patient_name": presentable(facts.patient_name),
        "procedure_date": phrases.date(facts.procedure_at.astimezone(zone), words),
        "end_of": _end_of(facts, words),
    }
    if facts.clinic_phone:  # left out when unknown: a text that needs it must fail, not say None
        variables["clinic_phone"] = facts.clinic_phone
    return variables


def _end_of(facts: MessageFacts, words: phrases.Language) -> Callable[[str], str]:
    zone = ZoneInfo(facts.time_zone)

    def end_of(duration: str) -> str:
        """When a duration (ISO 8601) counted from the procedure's end is over, in local words."""
        end = facts.procedure_ended_at + parse_duration(duration)
        return phrases.moment(
            end.astimezone(zone), said_at=facts.said_at.astimezone(zone), words=words
        )

    return end_of


def presentable(name: str | None) -> str:
    """A name fit to be greeted by; empty when it is missing, endless, or looks like a link.

    Names can come from a public form, and a text message makes a link of anything like one.
    """
    spoken = _CONTROL.sub(" ", name or "").strip()
    return "" if len(spoken) > _LONGEST_NAME or _LINK.search(spoken) else spoken


def _sign(text: str, channel: Channel, purpose: Purpose, facts: MessageFacts) -> str:
    """Put the clinic first, and the way out last."""
    if not text.startswith(facts.clinic_name):
        text = f"{facts.clinic_name}: {text}"
    way_out = _way_out(channel, facts)
    if channel is Channel.SMS:
        return f"{text} {way_out}"
    if purpose is Purpose.MARKETING and facts.postal_address:
        way_out = f"{way_out}\n{facts.clinic_name}, {facts.postal_address}"
    return f"{text}\n\n{way_out}\n"


def _way_out(channel: Channel, facts: MessageFacts) -> str:
    words = phrases.language(facts.locale)
    if facts.opt_out_way:
        return words.other_opt_out.format(way=facts.opt_out_way)
    if channel is Channel.SMS:
        return words.sms_opt_out
    return words.email_opt_out.format(clinic=facts.clinic_name)
