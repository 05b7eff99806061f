"""Reads one mail that came back to us: what it says, about whom, and which mail of ours it names.

The order: a complaint; a delivery report; a server's text; a program's answer; a person's.
Nothing here is sure of who wrote the mail. Only `claims`, read in a signed token, says that it
concerns a mail of ours; a caller acts on nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, TypeVar

import msgspec

from services.bounces.addresses import addresses_in, are_related, host_of, normal
from services.bounces.complaints import complaint_in
from services.bounces.fallback import failed_addresses
from services.bounces.parts import Part, take_apart
from services.bounces.prose import Prose, about, judge_prose, prose_of
from services.bounces.readings import LONGEST_TEXT, MailKind, MailReading, Verdict
from services.bounces.reports import Block, blocks_in
from services.bounces.senders import (
    is_answer,
    is_automatic,
    is_from_server,
    names_a_bounce,
    names_an_absence,
)
from services.bounces.tokens import Finder, find_token
from services.bounces.verdicts import judge_block

T = TypeVar("T")

_LONGEST_WORD: Final = 40
_READ_RECEIPT: Final = "message/disposition-notification"
"""RFC 8098. Dovecot also refuses mails by it, under a subject that says so."""
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,500}>")
_WORST_FIRST: Final = (
    MailKind.HARD_BOUNCE, MailKind.SOFT_BOUNCE, MailKind.BLOCKED, MailKind.DELAYED,
    MailKind.RELAYED, MailKind.DELIVERED,
)  # fmt: skip


class _Mail(msgspec.Struct, frozen=True):
    """A mail with what several questions ask of it. `ours`: to whom we may have written."""

    raw: bytes
    parts: list[Part]
    prose: Prose
    ours: list[str]
    returned: Part | None

    @property
    def outer(self) -> Part:
        return self.parts[0]


class _Answer(msgspec.Struct, frozen=True):
    verdict: Verdict
    word: str
    address: str | None = None


def read_mail(raw: bytes, find: Finder[T], written_to: str | None = None) -> MailReading[T]:
    """Read a mail within bounded time and memory; raise nothing, whatever it is.

    `written_to` is the address that the mail of ours went to, if the caller knows it. Then a
    verdict about another address, such as one that it is forwarded to, ends nothing.
    """
    mail = _open(raw, written_to)
    answer = _answer(mail)
    return MailReading(
        kind=answer.verdict.kind,
        code=answer.verdict.code,
        text=answer.verdict.text[:LONGEST_TEXT],
        word=answer.word[:_LONGEST_WORD],
        address=answer.address,
        message_id=_message_id(mail),
        claims=find_token(mail.parts, find),
    )


def _open(raw: bytes, written_to: str | None) -> _Mail:
    parts = take_apart(raw)
    prose = prose_of(parts)
    returned = _returned(parts)
    ours = [normal(written_to)] if written_to else _written_to(parts, prose)
    return _Mail(raw, parts, prose, ours, returned)


def _returned(parts: Sequence[Part]) -> Part | None:
    """The innermost mail: a report may itself come in a mail of somebody who passes it on."""
    inside = [part for part in parts if part.is_mail and part.depth > 0]
    return max(inside, key=lambda part: part.depth, default=None)


def _written_to(parts: Sequence[Part], prose: Prose) -> list[str]:
    """The addresses that the mail which came back was written to.

    One at a host of its sender is left out: it may be a list or a hidden copy's stand-in.
    """
    headers = [part.header for part in parts if part.is_mail and part.depth > 0] or [prose.copied]
    names = ("From", "Sender", "Return-Path")
    senders = [header(name) for header in headers for name in names]
    hosts = {host_of(address) for address in addresses_in([*senders, parts[0].header("To")])}
    written = addresses_in(header("To") for header in headers)
    return [address for address in written if host_of(address) not in hosts]


def _answer(mail: _Mail) -> _Answer:
    complaint = complaint_in(mail.parts)
    if complaint:
        return _Answer(Verdict(complaint.kind), complaint.word, complaint.address)
    blocks = blocks_in(mail.parts)
    if blocks:
        return _reported(mail, blocks)
    return _without_report(mail)


def _without_report(mail: _Mail) -> _Answer:
    has_receipt = any(part.content_type == _READ_RECEIPT for part in mail.parts)
    if has_receipt and not names_a_bounce(mail.outer):
        return _Answer(Verdict(MailKind.AUTO_REPLY), "read receipt")
    if has_receipt or is_from_server(mail.outer):
        return _by_prose(mail)
    if _says_nothing(mail):
        return _Answer(Verdict(MailKind.UNREADABLE), "")
    if _has_a_known_shape(mail):
        return _by_prose(mail)
    if is_automatic(mail.outer):
        return _Answer(Verdict(MailKind.AUTO_REPLY), "auto-reply")
    return _Answer(Verdict(MailKind.REPLY), "")


def _has_a_known_shape(mail: _Mail) -> bool:
    """Whether a mail without a server's marks is a bounce that others know.

    A person's answer and a note of absence may quote one.
    """
    may_quote = is_answer(mail.outer) or names_an_absence(mail.outer)
    return (names_a_bounce(mail.outer) or not may_quote) and bool(failed_addresses(mail.raw))


def _says_nothing(mail: _Mail) -> bool:
    is_named = bool(mail.outer.header("From") or mail.outer.header("Subject"))
    return not is_named or not (mail.prose.text.strip() or is_automatic(mail.outer))


def _reported(mail: _Mail, blocks: Sequence[Block]) -> _Answer:
    """Judge the block of our address; if none is known to be ours, the mildest counts."""
    about_ours = [block for block in blocks if block.addresses & set(mail.ours)]
    judged = [(_judged(mail, block), block) for block in about_ours or blocks]
    worst_first = sorted(judged, key=lambda pair: _WORST_FIRST.index(pair[0].kind))
    verdict, block = worst_first[0] if about_ours else worst_first[-1]
    if _is_about_another(mail, block):
        verdict = _softened(verdict)
    return _Answer(verdict, block.action, block.original or block.final or None)


def _judged(mail: _Mail, block: Block) -> Verdict:
    return judge_block(block, about(mail.prose.text, block.final))


def _is_about_another(mail: _Mail, block: Block) -> bool:
    """Whether the report is about an address that ours is forwarded to, or is none of ours."""
    if block.original and block.final and not are_related(block.original, block.final):
        return True
    return _names_others_only(mail, block.addresses)


def _names_others_only(mail: _Mail, named: Iterable[str]) -> bool:
    pairs = list(product(mail.ours, named))
    return bool(pairs) and not any(are_related(*pair) for pair in pairs)


def _softened(verdict: Verdict) -> Verdict:
    if verdict.kind is not MailKind.HARD_BOUNCE:
        return verdict
    return msgspec.structs.replace(verdict, kind=MailKind.SOFT_BOUNCE)


def _by_prose(mail: _Mail) -> _Answer:
    """Judge the text of a server that sent no report."""
    text = mail.prose.text
    named = [*addresses_in([mail.outer.header("X-Failed-Recipients")]), *mail.prose.named]
    ours = next((address for address in mail.ours if address in named), None)
    verdict = judge_prose(about(text, ours), mail.outer.header("Subject"))
    if _names_others_only(mail, named):
        verdict = _softened(verdict)
    failed = ours or next(iter(named), None) or next(iter(failed_addresses(mail.raw)), None)
    return _Answer(verdict, "failed", failed)


def _message_id(mail: _Mail) -> str | None:
    """The id of the mail that came back, or of the one that this mail answers."""
    values = [mail.returned.header("Message-ID")] if mail.returned else []
    values += [
        mail.outer.header(name) for name in ("In-Reply-To", "References", "X-Original-Message-ID")
    ]
    return next((match[0] for value in values if (match := _MESSAGE_ID.search(value))), None)
