"""Reads what a mail server wrote for people, where it sent no report or a silent one."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec

from services.bounces.addresses import addresses_in
from services.bounces.causes import IN_PROSE, Cause, cause_of, says
from services.bounces.codes import PERMANENT, code_in
from services.bounces.parts import Part
from services.bounces.readings import LONGEST_TEXT, MailKind, Verdict
from services.bounces.reports import REPORTS
from services.bounces.sentences import reasons_in
from services.bounces.verdicts import judge

MOST_CHARACTERS: Final = 8_000
_COPY_STARTS: Final = (
    "-{2,}.{0,80}(?:original|copy of|below this line|unsent|undelivered|header|returned)",
    "-{2,}.{0,80}(?:nachricht|message)",
    "original (?:e?-?mail |mail )?message (?:follows|headers?|:)",
    "original message headers",
    "(?:unsent|undelivered) message (?:follows|below)",
    "(?:the )?(?:message )?headers? (?:of the|and top|follow)",
    "(?:your|the) (?:original )?message (?:follows|is (?:attached )?below|reads)",
    "(?:this is )?a copy of (?:the|your) (?:original )?(?:message|mail)",
    "begin (?:of )?(?:original|returned) message",
    "(?:included|below) is (?:a|the) (?:copy|message)",
    "(?:received|return-path|x-mailer|dkim-signature):[ \t]",
    "ursprüngliche nachricht|message d'origine|mensaje original|mensagem original",
    "messaggio originale|исходное сообщение|元のメッセージ",
)
_COPY: Final = re.compile(rf"^[ \t>*]*(?:{'|'.join(_COPY_STARTS)})", re.MULTILINE | re.IGNORECASE)
_COPY_NOT: Final = re.compile(r"transcript|following|fatal|recipients?|addresses", re.IGNORECASE)
_ADDRESSED: Final = re.compile(
    r"^[> \t]*(To|From|Sender|Return-Path):[ \t]*(.{0,500})$", re.MULTILINE | re.IGNORECASE
)
_SERVERS_NAMES: Final = ("postmaster@", "mailer-daemon@", "mail-daemon@", "helpdesk@", "support@")
_OUR_SUBJECT: Final = re.compile(
    r"^[> \t]*(?:Subject|Betreff|Objet|Asunto|Assunto|Oggetto)[ \t]*:.*$",
    re.MULTILINE | re.IGNORECASE,
)
"""Servers repeat it among their own words; it is ours and gives no reason."""
_REPEATED: Final = re.compile(r"^[> \t]*(?:To|Cc|From|An|Von|Para|De|À|A|Da)[ \t]*:", re.IGNORECASE)
"""A line that repeats whom we wrote to, not who failed."""


class Prose(msgspec.Struct, frozen=True):
    """`text` is what the server says; `copy` is the mail that it repeats below."""

    text: str
    copy: str = ""

    def copied(self, name: str) -> str:
        """A header of the mail that is repeated, or an empty text."""
        lines = islice(_ADDRESSED.finditer(self.copy), 20)
        return next((match[2] for match in lines if match[1].lower() == name.lower()), "")

    @property
    def named(self) -> list[str]:
        """The addresses that the text names, without those to ask for help."""
        named = addresses_in([self.text])
        return [address for address in named if not address.startswith(_SERVERS_NAMES)]


def prose_of(parts: Sequence[Part]) -> Prose:
    """Take the text parts of the mail that came, or its pages where it has no text."""
    own = [
        part
        for part in parts
        if part.depth == 0 and not part.is_mail and part.content_type not in REPORTS
    ]
    for types in (("text/plain",), ("text/html",), ("text/", "message/")):
        texts = [
            part.text for part in own if part.content_type.startswith(types) and part.text.strip()
        ]
        if texts:
            return _divided("\n\n".join(texts[:5])[:40_000])
    return Prose("")


def _divided(text: str) -> Prose:
    text = _OUR_SUBJECT.sub("", text)
    for match in islice(_COPY.finditer(text), 50):
        line = text[match.start() :].split("\n", 1)[0]
        if match.start() > 0 and not _COPY_NOT.search(line):
            return Prose(text[: match.start()][:MOST_CHARACTERS], text[match.start() :])
    return Prose(text[:MOST_CHARACTERS])


def about(text: str, ours: str | None) -> str:
    """Keep what stands at our address, where a list of several addresses has reasons for each."""
    if ours is None:
        return text
    lines = text.splitlines()
    named = [
        (index, set(addresses_in([line])))
        for index, line in enumerate(lines)
        if not _REPEATED.match(line)
    ]
    starts = [index for index, names in named if ours in names]
    others = [index for index, names in named if names and ours not in names]
    if not starts or not others:
        return text
    kept = []
    for start in starts:
        end = next((index for index in others if index > start), len(lines))
        kept += lines[start:end]
    return "\n".join(kept)


def judge_prose(text: str, subject: str) -> Verdict:
    """Judge the lines that give a reason, else all of it."""
    short = " ".join(text.split())[:LONGEST_TEXT]
    lines = reasons_in(text)
    code = code_in(lines or text)
    cause = cause_of(lines)
    is_undecided = code.level != PERMANENT and cause not in {Cause.CLOSED, Cause.GONE}
    if is_undecided and says("delayed", f"{subject}\n{text}"):
        return Verdict(MailKind.DELAYED, code.text, short)
    if cause is not None:
        return judge(lines, code)
    return judge(f"{text}\n{subject}", code, IN_PROSE)
