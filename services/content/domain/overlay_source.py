"""What a clinic writes to lay its own values over a plan: the only keys such a file may have.

What is not here is not a clinic's to change: red flags, sources, questions and what their answers
mean, how long a text is useful.
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
    """Also when a step is due, in the way its author chose, and whether it is left out."""

    after: str | None = None
    day: int | None = None
    at: str | None = None
    leave_out: bool = False


class PlanWords(Written, frozen=True, kw_only=True):
    """The words of one locale; steps by key."""

    title: Text | None = None
    summary: Text | None = None
    steps: dict[str, StepWords] = {}  # noqa: RUF012 - msgspec gives each its own
    check_in_texts: CheckInWords | None = None


class OverlaySource(Written, frozen=True, kw_only=True):
    """One clinic's values for one version of a plan; the words here are the base locale's.

    `hours`, by locale: when the phone is answered.
    """

    plan: str
    version: int
    sender_name: str | None = None
    phone: str | None = None
    hours: dict[str, str] = {}  # noqa: RUF012 - msgspec gives each its own
    title: Text | None = None
    summary: Text | None = None
    steps: dict[str, StepValues] = {}  # noqa: RUF012 - msgspec gives each its own
    check_in_texts: CheckInWords | None = None
    locales: dict[str, PlanWords] = {}  # noqa: RUF012 - msgspec gives each its own


class OverlayFile(msgspec.Struct, frozen=True):
    """A file as read: what it says, and the nodes and places it says it at."""

    source: OverlaySource
    node: yaml.MappingNode
    document: Document


def read_overlay(name: str, text: str) -> OverlayFile | tuple[Problem, ...]:
    """Read a file of this name, or say everything that is wrong with its shape."""
    node, faults = compose(name, text)
    if node is None:
        return problems(({}, fault) for fault in faults)
    document = Document(name)
    source = document.convert(node, OverlaySource)
    if document.faults or not isinstance(node, yaml.MappingNode):
        return problems((document.places, fault) for fault in document.faults)
    return OverlayFile(source, node, document)
