"""The keys of a file with a clinic's own values for a plan.

A clinic cannot change anything else: red flags, sources, questions and the meaning of their
answers, or how long a text is useful.
"""

import msgspec
import yaml

from services.content.domain.faults import problems
from services.content.domain.nodes import Document, compose
from services.content.domain.source import Body
from services.content.domain.written import Text, Written
from services.contracts.content import Problem


class EmailWords(Written, frozen=True, kw_only=True):
    subject: Text | None = None
    text: Text | None = None


class SmsWords(Written, frozen=True, kw_only=True):
    discreet: Text | None = None
    detailed: Text | None = None


class EmailsWords(Written, frozen=True, kw_only=True):
    discreet: EmailWords | None = None
    detailed: EmailWords | None = None


class MessagesWords(Written, frozen=True, kw_only=True):
    sms: SmsWords | None = None
    email: EmailsWords | None = None


class RepliesWords(Written, frozen=True, kw_only=True):
    green: EmailWords | None = None
    amber: EmailWords | None = None
    red: EmailWords | None = None
    unclear: EmailWords | None = None


class NudgeWords(Written, frozen=True, kw_only=True):
    sms: Text | None = None
    email: EmailWords | None = None


class CheckInWords(Written, frozen=True, kw_only=True):
    replies: RepliesWords | None = None
    nudge: NudgeWords | None = None


class StepWords(Written, frozen=True, kw_only=True):
    title: Text | None = None
    body: Body | None = None
    messages: MessagesWords | None = None


class StepValues(StepWords, frozen=True, kw_only=True):
    """Also the time of a step, in the unit that its author chose, or that it is left out."""

    after: str | None = None
    day: int | None = None
    at: str | None = None
    leave_out: bool = False


class PlanWords(Written, frozen=True, kw_only=True):
    """The texts of one locale, with steps by key."""

    title: Text | None = None
    summary: Text | None = None
    steps: dict[str, StepWords] = {}  # noqa: RUF012 - msgspec copies it
    check_in_texts: CheckInWords | None = None


class OverlaySource(Written, frozen=True, kw_only=True):
    """One clinic's values for one version of a plan, with texts in the base locale.

    `hours`, by locale, say when the phone is answered.
    """

    plan: str
    version: int
    sender_name: str | None = None
    phone: str | None = None
    hours: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it
    title: Text | None = None
    summary: Text | None = None
    steps: dict[str, StepValues] = {}  # noqa: RUF012 - msgspec copies it
    check_in_texts: CheckInWords | None = None
    locales: dict[str, PlanWords] = {}  # noqa: RUF012 - msgspec copies it


class OverlayFile(msgspec.Struct, frozen=True):
    source: OverlaySource
    node: yaml.MappingNode
    document: Document


def read_overlay(name: str, text: str) -> OverlayFile | tuple[Problem, ...]:
    """Parse a file, or return every problem with its shape."""
    node, faults = compose(name, text)
    if node is None:
        return problems(({}, fault) for fault in faults)
    document = Document(name)
    source = document.convert(node, OverlaySource)
    if document.faults or not isinstance(node, yaml.MappingNode):
        return problems((document.places, fault) for fault in document.faults)
    return OverlayFile(source, node, document)
