"""Finds delivery reports (RFC 3464) in the parts of a mail: a block of fields for each address."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import msgspec

from services.bounces.addresses import address_in
from services.bounces.parts import Part

REPORTS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
"""RFC 3464 and RFC 6533."""
_MOST_BLOCKS: Final = 50
_LONGEST_FIELD: Final = 4_000
_FIELD: Final = re.compile(r"^([A-Za-z][A-Za-z-]{1,40})[ \t]*:[ \t]*(.*)$")
_NAMED: Final = re.compile(
    r"^(?:Final-Recipient|Original-Recipient|Action)[ \t]*:", re.MULTILINE | re.IGNORECASE
)

Fields = dict[str, str]


class Block(msgspec.Struct, frozen=True):
    """What a report says of one address. `action` and the names of `fields` are in lower case."""

    action: str
    status: str
    diagnostic: str
    final: str
    original: str

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset({self.final, self.original} - {""})


def blocks_in(parts: Sequence[Part]) -> list[Block]:
    """Return the blocks of reports in the outermost mail that has any."""
    reported = [(part.depth, block) for part in parts for block in _blocks(part)]
    outermost = min((depth for depth, _ in reported), default=0)
    return [block for depth, block in reported if depth == outermost][:_MOST_BLOCKS]


def _blocks(part: Part) -> Iterator[Block]:
    if part.content_type in REPORTS or _is_plain_report(part):
        yield from (block for fields in _tables(part.text) if (block := _block(fields)))
    elif part.depth == 0 and part.text.lstrip()[:1] == "{":
        yield from _from_json(part.text)


def _is_plain_report(part: Part) -> bool:
    """Some gateways rewrite the report as text."""
    is_text = part.content_type.startswith("text/") and not part.is_mail and part.depth == 0
    names = {
        match[0].split("-")[0].rstrip(": \t").lower()
        for match in islice(_NAMED.finditer(part.text), 20)
    }
    return is_text and "action" in names and len(names) > 1


def _tables(text: str) -> Iterator[Fields]:
    """Fields between blank lines, with continued lines joined. Lines that are no field are left."""
    fields: Fields = {}
    name = ""
    for line in islice(text.splitlines(), 5_000):
        match = _FIELD.match(line[:_LONGEST_FIELD])
        if match:
            name = match[1].lower()
            if name in {"final-recipient", "original-recipient"} and name in fields:
                yield fields
                fields = {}
            fields.setdefault(name, match[2].strip())
        elif not line.strip():
            yield fields
            fields, name = {}, ""
        elif name and line[:1] in " \t" and len(fields[name]) < _LONGEST_FIELD:
            fields[name] += f" {line.strip()}"
    yield fields


def _block(fields: Fields) -> Block | None:
    action = re.sub(r"\(.*", "", fields.get("action", "")).strip().lower()
    final = address_in(fields.get("final-recipient") or fields.get("recipient", "")) or ""
    original = address_in(fields.get("original-recipient", "")) or ""
    status = fields.get("status", "")
    if not action and not (status and (final or original)):
        return None
    diagnostic = fields.get("diagnostic-code", "") or fields.get("x-diagnostic-code", "")
    return Block(action or "failed", status, diagnostic, final, original)


def _from_json(text: str) -> Iterator[Block]:
    """Amazon SES by way of SNS, as a mail whose text is JSON.

    https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
    """
    with suppress(ValueError, RecursionError, AttributeError, TypeError):
        document, _ = json.JSONDecoder().raw_decode(text.lstrip())
        bounce: dict[str, Any] = document.get("bounce") or {}
        is_final = bounce.get("bounceType") == "Permanent"
        for failed in islice(bounce.get("bouncedRecipients") or [], _MOST_BLOCKS):
            yield Block(
                str(failed.get("action") or "failed").lower(),
                str(failed.get("status") or ("5.0.0" if is_final else "4.0.0")),
                str(failed.get("diagnosticCode") or "")[:_LONGEST_FIELD],
                address_in(str(failed.get("emailAddress") or "")) or "",
                "",
            )
