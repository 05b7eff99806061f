"""Fills in the templates of a plan's step."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.contracts.catalog import AftercareStep, Channel, MessageBody, Purpose
from services.contracts.durations import parse_duration
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import (
    CannotRender,
    MessageFacts,
    RenderedMessage,
    StepText,
    said_together,
)
from services.reminders.rendering import phrases
from services.reminders.rendering.html import from_text
from services.reminders.rendering.typography import plain, without_accents

T = TypeVar("T")
_Ends = set[datetime]  # that a text names

_LONGEST_SMS = 1600
_LONGEST_NAME = 60
_LINK = re.compile(r"://|www\.|\w\.\w{2,}|[<>@/\\]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,  # a name that we lack is an error
    autoescape=False,  # the output is plain text; its HTML is escaped when it is made
    keep_trailing_newline=False,
)


@lru_cache(maxsize=2048)
def _compiled(source: str) -> Template:
    """Compile a template for the sandbox, which has no loaders."""
    return _ENVIRONMENT.from_string(source)


def render(
    step: AftercareStep, channel: Channel, detail: MessageDetail, facts: MessageFacts
) -> RenderedMessage:
    """Write the message of one step. Raises CannotRender."""
    return render_together([StepText(step, facts)], channel, detail)


def render_together(
    every: Sequence[StepText], channel: Channel, detail: MessageDetail
) -> RenderedMessage:
    first = every[0]
    subject = _said(first, lambda: _subject(first, channel, detail), channel)
    message = _sign(_texts(every, channel, detail), channel, first.step.purpose, first.facts)
    if channel is Channel.SMS and len(message) > _LONGEST_SMS:
        keys = "+".join(one.step.key for one in every)
        raise CannotRender(f"step {keys}, {channel}: longer than {_LONGEST_SMS} characters")
    return RenderedMessage(
        text=message,
        subject=subject and _CONTROL.sub(" ", subject),
        html=from_text(message, locale=first.facts.locale) if channel is Channel.EMAIL else None,
    )


def fill(source: str, channel: Channel, about: StepText, *, has_way_out: bool = False) -> str:
    """Fill in a text of a step's that is none of its messages: an answer, a nudge."""
    text = _said(about, lambda: _fill(source, channel, about, set()), channel)
    if has_way_out:
        return _sign(text, channel, about.step.purpose, about.facts)
    sender = about.facts.sender_name
    return text if text.startswith(sender) else f"{sender}: {text}"


def _texts(every: Sequence[StepText], channel: Channel, detail: MessageDetail) -> str:
    """The texts one after the other, none twice; the name is said once.

    It is the name of the message that goes out. What a text says of phone and hours stays that
    of its own plan: there questions about that procedure are answered.
    """
    ends: list[_Ends] = []
    texts: dict[str, str] = {}  # by how it reads when it follows another
    ordered = said_together(every)
    for one in ordered:
        named: _Ends = set()
        text = _said(one, partial(_text, one, channel, detail, named), channel)
        texts.setdefault(_continued(text, one.facts), text)
        ends.append(named)
    parts = list(texts)
    if ordered[0].facts.sender_name == every[0].facts.sender_name:
        parts[0] = texts[parts[0]]
    if _differ(ends):
        parts.append(phrases.language(every[0].facts.locale).latest_end)
    return ("\n" if channel is Channel.SMS else "\n\n").join(parts)


def _said(one: StepText, make: Callable[[], T], channel: Channel) -> T:
    """Say what cannot be said by its step, never by what a template made of a patient."""
    try:
        return make()
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as fault:
        what = f"step {one.step.key}, {channel}: {type(fault).__name__}"
        raise CannotRender(what) from None


def _text(one: StepText, channel: Channel, detail: MessageDetail, named: _Ends) -> str:
    body = _body(one.step, channel, detail)
    return _fill(body.text, channel, one, named)


def _subject(one: StepText, channel: Channel, detail: MessageDetail) -> str | None:
    body = _body(one.step, channel, detail)
    if not body.subject or channel is Channel.SMS:
        return None  # a text has none
    return _fill(body.subject, channel, one, set())


def _fill(source: str, channel: Channel, one: StepText, named: _Ends) -> str:
    template: Template = _compiled(_plainly(source, channel))
    return template.render(_variables(one.facts, channel, named) | _asked(one)).strip()


def _body(step: AftercareStep, channel: Channel, detail: MessageDetail) -> MessageBody:
    messages = step.messages.get(channel)
    if messages is None:
        raise CannotRender(f"step {step.key} has no text for {channel}")
    return messages.detailed if detail is MessageDetail.DETAILED else messages.discreet


def _variables(facts: MessageFacts, channel: Channel, named: _Ends) -> dict[str, object]:
    words = phrases.language(facts.locale)
    procedure_at = facts.procedure_at.astimezone(ZoneInfo(facts.time_zone))
    variables: dict[str, object] = {
        "clinic_name": facts.sender_name,
        "emergency_number": facts.emergency_number,
        "patient_name": presentable(facts.patient_name),
        "procedure_date": phrases.date(procedure_at, words),
        "appointment": phrases.appointment(procedure_at, words),
        "clinic_hours": _hours(facts.hours or "", channel),
        "out_of_hours": _plainly(_sentence(facts.out_of_hours or ""), channel),
        "end_of": _end_of(facts, channel, named),
    }
    if facts.phone:  # left out when unknown: a text that needs it must fail, not say None
        variables["clinic_phone"] = facts.phone
    return variables


def _plainly(text: str, channel: Channel) -> str:
    return plain(text) if channel is Channel.SMS else text


def _hours(text: str, channel: Channel) -> str:
    return without_accents(text) if channel is Channel.SMS else text


def _sentence(text: str) -> str:
    """What a clinic wrote on a line of its own, fit to stand before another sentence."""
    return f"{text}." if text and text[-1].isalnum() else text


def _asked(one: StepText) -> dict[str, object]:
    """What only a step that asks something may show."""
    if one.step.check_in is None:
        return {}
    options = one.step.check_in.options
    return {
        "check_in_options": ", ".join(f"{option.value} {option.label}" for option in options),
        "check_in_url": one.facts.check_in_url,
    }


def _end_of(facts: MessageFacts, channel: Channel, named: _Ends) -> Callable[[str], str]:
    words = phrases.language(facts.locale)
    zone = ZoneInfo(facts.time_zone)

    def end_of(duration: str) -> str:
        """When a duration (ISO 8601) counted from the procedure's end is over, in local words."""
        end = facts.procedure_ended_at + parse_duration(duration)
        named.add(end)
        return phrases.moment(
            end.astimezone(zone),
            said_at=facts.said_at.astimezone(zone),
            words=words,
            is_for_sms=channel is Channel.SMS,
        )

    return end_of


def _differ(ends: Sequence[_Ends]) -> bool:
    """Whether two texts name different ends, so that a reader must be told which one holds."""
    naming = [named for named in ends if named]
    return any(named != naming[0] for named in naming[1:])


def _continued(text: str, facts: MessageFacts) -> str:
    """A text that follows another one, without the name that both are signed with."""
    rest = text.removeprefix(f"{facts.sender_name}: ")
    return rest[:1].upper() + rest[1:]


def presentable(name: str | None) -> str:
    """A name fit to be greeted by; empty when it is missing, endless, or looks like a link.

    Names can come from a public form, and a text message makes a link of anything like one.
    """
    spoken = _CONTROL.sub(" ", name or "").strip()
    return "" if len(spoken) > _LONGEST_NAME or _LINK.search(spoken) else spoken


def _sign(text: str, channel: Channel, purpose: Purpose, facts: MessageFacts) -> str:
    """Put the clinic first, and the way out last."""
    if not text.startswith(facts.sender_name):
        text = f"{facts.sender_name}: {text}"
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
