"""Judges what a server said of an address: whose fault it is, and whether it is for good."""

import re
from collections.abc import Iterable
from typing import Final

from services.bounces.causes import IN_A_DIAGNOSTIC, IN_PROSE, Cause, cause_of
from services.bounces.codes import (
    PERMANENT,
    SUCCESS,
    TEMPORARY,
    Code,
    code_in,
    code_of,
    status_comment,
)
from services.bounces.readings import LONGEST_TEXT, MailKind, Verdict
from services.bounces.reports import Block
from services.bounces.sentences import answers_in

_ACTIONS: Final = {
    "delayed": MailKind.DELAYED,
    "delivered": MailKind.DELIVERED,
    "relayed": MailKind.RELAYED,
    "expanded": MailKind.RELAYED,
}
_KINDS: Final = {
    Cause.OURS: MailKind.BLOCKED,
    Cause.FULL: MailKind.SOFT_BOUNCE,
    Cause.LATER: MailKind.SOFT_BOUNCE,
    Cause.TROUBLE: MailKind.SOFT_BOUNCE,
    Cause.CLOSED: MailKind.HARD_BOUNCE,
    Cause.GONE: MailKind.HARD_BOUNCE,
}
_FULL: Final = "2.2"
_VAGUE_BUT_HARD: Final = frozenset({"", "0.0", "1.0", "5.0", "4.1"})
"""Codes beside which vague words mean a missing mailbox. Exchange Online says “5.4.1 Recipient
address rejected: Access denied” of one, and Outlook.com “5.5.0 mailbox unavailable”."""
_AFTER_DATA: Final = ("end of data", "data command", ">>> data", "(state 17)", "(state 18)")
"""How Postfix, Exim, Sendmail and Gmail name the stage."""
_UNKNOWN_USER: Final = re.compile(r"\b550[ -].{0,320}?(?:unknown user|user unknown)")
_WORDS: Final = re.compile(r"(?:[^\W\d_]{3,}\W+){2}[^\W\d_]{3,}")
_REFUSED_AT_ONCE: Final = re.compile(r"rcpt to:? ?\S{0,300} <<< [45]\d\d")


def judge_answer(answer: str, status: str = "") -> Verdict:
    """Judge what a service tells in fields of its own: a server's answer, and a status code."""
    return judge_block(Block("failed", status, answer, "", ""), prose="")


def judge_block(block: Block, prose: str) -> Verdict:
    """Judge one block. `prose` is the text around the report, asked where the block is silent."""
    status = code_of(block.status)
    kind = _ACTIONS.get(block.action)
    if kind is None and block.action != "failed" and status.level == SUCCESS:
        kind = MailKind.DELAYED  # no standard names the action, and nothing has failed
    if kind is not None:
        return Verdict(kind, status.text, block.diagnostic[:LONGEST_TEXT])
    inner = code_in(block.diagnostic)
    code = inner if inner.text and not _adds_nothing(inner, status) else status
    answer = f"{block.diagnostic} {status_comment(block.status)}".strip()
    if cause_of(answer) is not None or (code.says_no_mailbox and block.diagnostic):
        return judge(answer, code, transcript=prose)
    return _judge_prose(answer, prose, code)


def _adds_nothing(inner: Code, status: Code) -> bool:
    """Whether the Status field says more: “550” and “5.0.0” leave open what happened."""
    return inner.level == status.level and inner.is_general and not status.is_general


def _judge_prose(answer: str, prose: str, code: Code) -> Verdict:
    if code.says_no_mailbox:
        answers = f"{answer} {answers_in(prose)}"
        return _verdict(cause_of(answers, IN_PROSE), code, answer or prose)
    # where the server spoke in words that we do not know, a page for people may guess
    text = answers_in(prose) if answer else prose
    spoken = code_in(text)
    return judge(f"{answer} {text}", spoken if code.is_general and spoken.text else code, IN_PROSE)


def judge(
    text: str,
    code: Code,
    order: Iterable[Cause] = IN_A_DIAGNOSTIC,
    *,
    transcript: str = "",
) -> Verdict:
    """Judge a sentence and its code. A transcript of the session tells when it was said."""
    cause = cause_of(text, order)
    if cause is Cause.GONE and _is_filtered(f"{text} {transcript}", code):
        cause = Cause.OURS
    return _verdict(cause, code, text)


def _verdict(cause: Cause | None, code: Code, text: str) -> Verdict:
    if cause is Cause.OURS or (cause is None and code.is_about_the_mail):
        kind = MailKind.BLOCKED
    elif code.level == TEMPORARY or code.subject == _FULL:
        kind = MailKind.SOFT_BOUNCE
    elif cause is Cause.VAGUE or cause is None:
        kind = _by_code(cause, code, is_explained=bool(_WORDS.search(text)))
    else:
        kind = _KINDS[cause]
    return Verdict(kind, code.text, " ".join(text.split())[:LONGEST_TEXT])


def _by_code(cause: Cause | None, code: Code, *, is_explained: bool) -> MailKind:
    """Carriers in Japan use X.2.1 for refusals by their customers, in words of their own."""
    if code.says_no_mailbox:
        is_open = code.subject == "2.1" and cause is None and is_explained
        return MailKind.SOFT_BOUNCE if is_open else MailKind.HARD_BOUNCE
    if code.is_about_the_mail and code.enhanced and code.subject != "5.0":
        return MailKind.BLOCKED
    is_hard = cause is Cause.VAGUE and code.level == PERMANENT and code.subject in _VAGUE_BUT_HARD
    return (
        MailKind.HARD_BOUNCE
        if is_hard and code.reply in {"", "550", "553"}
        else MailKind.SOFT_BOUNCE
    )


def _is_filtered(text: str, code: Code) -> bool:
    """A server that took the address and refused it only after the mail has looked at the mail.

    Mobile carriers in Japan answer “550 Unknown user” where their customer refuses the sender.
    """
    folded = " ".join(text.lower().split())
    is_after_data = any(words in folded for words in _AFTER_DATA)
    is_their_answer = bool(_UNKNOWN_USER.search(folded))
    is_open = is_after_data and is_their_answer and not code.says_no_mailbox
    return is_open and not _REFUSED_AT_ONCE.search(folded)
