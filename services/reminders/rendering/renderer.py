"""Renders messages from the templates of plan steps."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from html import escape
from typing import TypeVar
from unicodedata import normalize
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.contracts.catalog import AftercareStep, Channel, MessageBody, Purpose
from services.contracts.durations import parse_duration
from services.contracts.sms.names import plain
from services.contracts.sms.segments import Encoding, count_segments
from services.contracts.visible_text import visible, visible_line
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import (
    CannotRender,
    MessageFacts,
    RenderedMessage,
    StepText,
    combine_texts,
)
from services.reminders.core.readable_times import zone_city
from services.reminders.rendering import phrases
from services.reminders.rendering.greeting import presentable

T = TypeVar("T")
_EndTimes = set[datetime]
"""The times that a text names as the end of something."""

_LONGEST_SMS = 6400  # of no plan; a longer one than a provider carries goes out as several
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,  # a missing name is an error
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
    """Render the message of one step. Raises CannotRender."""
    return render_together([StepText(step, facts)], channel, detail)


def render_together(
    texts: Sequence[StepText], channel: Channel, detail: MessageDetail
) -> RenderedMessage:
    """Render the texts of several steps as one message. Raises CannotRender."""
    first = texts[0]
    subject = _checked(first, lambda: _subject(first, channel, detail), channel)
    message = as_sent(
        _sign(_joined(texts, channel, detail), channel, first.step.purpose, first.facts), channel
    )
    if channel is Channel.SMS and len(message) > _LONGEST_SMS:
        keys = "+".join(text.step.key for text in texts)
        raise CannotRender(f"step {keys}, {channel}: longer than {_LONGEST_SMS} characters")
    subject = subject and visible_line(_CONTROL.sub(" ", subject))
    return RenderedMessage(
        text=message,
        subject=subject,
        html=html_of(message, title=subject or "", locale=first.facts.locale)
        if channel is Channel.EMAIL
        else None,
    )


def fill(source: str, channel: Channel, about: StepText, *, has_way_out: bool = False) -> str:
    """Render a text of a step that is not its message: an answer or a nudge.

    With `has_way_out` it ends with how to opt out.
    """
    text = _checked(about, lambda: _fill(source, channel, about, set()), channel)
    if has_way_out:
        return as_sent(_sign(text, channel, about.step.purpose, about.facts), channel)
    sender = about.facts.name_on(channel)
    return as_sent(text if text.startswith(sender) else f"{sender}: {text}", channel)


def as_sent(text: str, channel: Channel) -> str:
    """A text as it leaves: without what shows nothing, and on SMS with plain punctuation."""
    return plain(text) if channel is Channel.SMS else visible(text)


def _joined(texts: Sequence[StepText], channel: Channel, detail: MessageDetail) -> str:
    """The texts one after the other, without repetitions; only the first names the sender.

    The sender is that of the message that goes out. Phone and hours in a text are those of its own
    plan, where questions about that procedure are answered.
    """
    ends: list[_EndTimes] = []
    bodies: dict[str, str] = {}  # by the body without the sender's name
    ordered = combine_texts(texts)
    for text in ordered:
        named: _EndTimes = set()
        body = _checked(text, partial(_text, text, channel, detail, named), channel)
        bodies.setdefault(_without_sender(body, text.facts.name_on(channel)), body)
        ends.append(named)
    parts = list(bodies)
    if ordered[0].facts.name_on(channel) == texts[0].facts.name_on(channel):
        parts[0] = bodies[parts[0]]
    if _differ(ends):
        parts.append(phrases.language(texts[0].facts.locale).latest_end)
    return ("\n" if channel is Channel.SMS else "\n\n").join(parts)


def _checked(text: StepText, render_text: Callable[[], T], channel: Channel) -> T:
    """Turn errors into CannotRender, which names the step and never what a template rendered."""
    try:
        return render_text()
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as fault:
        message = f"step {text.step.key}, {channel}: {type(fault).__name__}"
        raise CannotRender(message) from None


def _text(text: StepText, channel: Channel, detail: MessageDetail, named: _EndTimes) -> str:
    body = _body(text.step, channel, detail)
    return _fill(body.text, channel, text, named)


def _subject(text: StepText, channel: Channel, detail: MessageDetail) -> str | None:
    body = _body(text.step, channel, detail)
    if not body.subject or channel is Channel.SMS:
        return None  # an SMS has none
    return _fill(body.subject, channel, text, set())


def _fill(source: str, channel: Channel, text: StepText, named: _EndTimes) -> str:
    template: Template = _compiled(_plain_on_sms(source, channel))
    variables = _variables(text.facts, channel, named) | _check_in_variables(text)
    return template.render(variables).strip()


def _body(step: AftercareStep, channel: Channel, detail: MessageDetail) -> MessageBody:
    messages = step.messages.get(channel)
    if messages is None:
        raise CannotRender(f"step {step.key} has no text for {channel}")
    return messages.detailed if detail is MessageDetail.DETAILED else messages.discreet


def _variables(facts: MessageFacts, channel: Channel, named: _EndTimes) -> dict[str, object]:
    variables: dict[str, object] = {
        **_visit_variables(facts, channel),
        "clinic_name": facts.name_on(channel),
        "emergency_number": facts.emergency_number,
        "patient_name": presentable(facts.patient_name),
        "clinic_hours": _spelled(facts.hours or "", channel),
        "out_of_hours": _plain_on_sms(_sentence(facts.out_of_hours or ""), channel),
        "end_of": _end_of(facts, channel, named),
    }
    if facts.phone:  # left out when unknown: a text that needs it must fail, not say None
        variables["clinic_phone"] = facts.phone
    return variables


def _visit_variables(facts: MessageFacts, channel: Channel) -> dict[str, str]:
    """The visit by the clinic's clock, which is named where the patient's shows another time."""
    words = phrases.language(facts.locale)
    own_zone = ZoneInfo(facts.time_zone)
    zone = ZoneInfo(facts.visit_zone or facts.time_zone)
    visit_at = facts.procedure_at.astimezone(zone)
    is_elsewhere = visit_at.utcoffset() != facts.procedure_at.astimezone(own_zone).utcoffset()
    read_at = None if is_elsewhere else facts.read_at.astimezone(zone)
    written = {
        "procedure_date": phrases.date(visit_at, words),
        "appointment": phrases.appointment(visit_at, words),
        "visit_day": phrases.visit_day(visit_at, read_at=read_at, words=words),
    }
    if not is_elsewhere:
        return written
    city = _spelled(zone_city(zone.key, words.tag), channel)
    return {name: phrases.in_zone(text, city, words) for name, text in written.items()}


def _plain_on_sms(text: str, channel: Channel) -> str:
    return plain(text) if channel is Channel.SMS else text


def _spelled(text: str, channel: Channel) -> str:
    """Abbreviations and names of cities, without accents that would cost another part of an SMS."""
    return without_accents(text) if channel is Channel.SMS else text


def _sentence(text: str) -> str:
    """A clinic's line with a full stop, so that another sentence can follow."""
    return f"{text}." if text and text[-1].isalnum() else text


def _check_in_variables(text: StepText) -> dict[str, object]:
    """What only a step with a question may show."""
    if text.step.check_in is None:
        return {}
    options = text.step.check_in.options
    return {
        "check_in_options": ", ".join(f"{option.value} {option.label}" for option in options),
        "check_in_url": text.facts.check_in_url,
    }


def _end_of(facts: MessageFacts, channel: Channel, named: _EndTimes) -> Callable[[str], str]:
    words = phrases.language(facts.locale)
    zone = ZoneInfo(facts.time_zone)

    def end_of(duration: str) -> str:
        """When an ISO 8601 duration from the procedure's end is over, in local words."""
        end = facts.procedure_ended_at + parse_duration(duration)
        named.add(end)
        return phrases.moment(
            end.astimezone(zone),
            read_at=facts.read_at.astimezone(zone),
            words=words,
            is_for_sms=channel is Channel.SMS,
        )

    return end_of


def _differ(ends: Sequence[_EndTimes]) -> bool:
    """Whether two texts name different ends, so that the message must say which one holds."""
    named = [times for times in ends if times]
    return any(times != named[0] for times in named[1:])


def _without_sender(text: str, sender: str) -> str:
    """A text that follows another one, without the sender's name in front."""
    rest = text.removeprefix(f"{sender}: ")
    return rest[:1].upper() + rest[1:]


def _sign(text: str, channel: Channel, purpose: Purpose, facts: MessageFacts) -> str:
    """Put the sender first, and how to opt out last."""
    sender = facts.name_on(channel)
    if not text.startswith(sender):
        text = f"{sender}: {text}"
    opt_out = _opt_out(channel, purpose, facts)
    if channel is Channel.SMS:
        return f"{text} {opt_out}"
    if purpose is Purpose.MARKETING and facts.postal_address:
        opt_out = f"{opt_out}\n{facts.clinic_name}, {facts.postal_address}"
    return f"{text}\n\n{opt_out}\n"


def _opt_out(channel: Channel, purpose: Purpose, facts: MessageFacts) -> str:
    """A link is a way out that works at any hour and takes one click (15 USC 7704(a)(3))."""
    words = phrases.language(facts.locale)
    if channel is Channel.EMAIL and purpose is Purpose.MARKETING and facts.unsubscribe_url:
        return words.unsubscribe.format(url=facts.unsubscribe_url)
    if facts.opt_out_way:
        return words.other_opt_out.format(way=facts.opt_out_way)
    if channel is Channel.SMS:
        return words.sms_opt_out
    clinic = facts.clinic_name.removesuffix(".")  # of “S.L.”, as the sentence ends with another
    return words.email_opt_out.format(clinic=clinic)


_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title></head>'
    '<body style="font:16px/1.5 sans-serif;max-width:36em;margin:0 auto;padding:1em">{body}</body>'
    "</html>"
)
_BULLET = "- "
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'”’]")


def html_of(text: str, *, title: str, locale: str) -> str:
    """Make the HTML part of an email from its text, which is escaped: it never holds markup.

    Blank lines separate paragraphs. A block of lines that start with a hyphen becomes a list.
    Addresses of pages become links.
    """
    blocks = (block.strip("\n") for block in text.split("\n\n"))
    body = "".join(_html_block(block.splitlines()) for block in blocks if block.strip())
    return _PAGE.format(language=escape(locale), title=escape(title), body=body)


def _html_block(lines: list[str]) -> str:
    if all(line.startswith(_BULLET) for line in lines):
        items = "".join(f"<li>{_html_line(line.removeprefix(_BULLET))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(map(_html_line, lines))}</p>"


def _html_line(line: str) -> str:
    return "".join(
        f'<a href="{escape(part)}">{escape(part)}</a>' if _URL.fullmatch(part) else escape(part)
        for part in re.split(f"({_URL.pattern})", line)
    )


def without_accents(text: str) -> str:
    """Remove the accents of letters that GSM 7-bit lacks, as in “sab” for “sáb”.

    Only for abbreviations and names of cities: other words would be misspelled.
    """
    return "".join(map(_without_accent, plain(text)))


def _without_accent(character: str) -> str:
    if count_segments(character).encoding is Encoding.GSM_7:
        return character
    return normalize("NFD", character)[0]
