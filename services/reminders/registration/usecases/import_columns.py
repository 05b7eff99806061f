"""What the columns of an imported file mean. No message repeats what a row contains."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal
from services.contracts.plain_text import LONGEST_TEXT, NOT_PLAIN, is_plain, without_invisible
from services.contracts.privacy import ImportKind, Row, RowFault, SuppressionGiven
from services.contracts.reminders import ConsentGiven, RegisterPatient, Scope
from services.contracts.scalars import parse_instant, parse_locale
from services.contracts.words import (
    ConsentBasis,
    ConsentMethod,
    ContactOwner,
    MessageDetail,
    SuppressionReason,
)

Member = TypeVar("Member", bound=StrEnum)

_PROOF: Final = ("consent_method", "consent_wording", "consent_obtained_at", "consent_source")
"""A consent without these cannot be proved, so it does not count as one."""

_CONSENT: Final = (
    "consent_channels", "consent_purposes", *_PROOF, "consent_detail", "consent_basis",
    "consent_evidence",
)  # fmt: skip

COLUMNS: Final[Mapping[ImportKind, tuple[str, ...]]] = {
    ImportKind.PATIENTS: (
        "reference", "name", "phone", "email", "contact_owner", "is_adult", "time_zone", "region",
        "locale", "channels", "detail", *_CONSENT,
    ),
    ImportKind.SUPPRESSIONS: ("channel", "address", "reason", "since", "evidence"),
}  # fmt: skip

NEEDED: Final[Mapping[ImportKind, tuple[str, ...]]] = {
    ImportKind.PATIENTS: ("reference",),
    ImportKind.SUPPRESSIONS: ("channel", "address", "reason"),
}

_COLUMN_OF: Final = {
    "display_name": "name",
    "channel": "consent_channels",
    "purpose": "consent_purposes",
    "method": "consent_method",
    "wording_version": "consent_wording",
    "obtained_at": "consent_obtained_at",
    "source": "consent_source",
    "basis": "consent_basis",
    "evidence": "consent_evidence",
}
"""Columns whose field of a command has another name."""

_BOOLEANS: Final = {
    **dict.fromkeys(("yes", "y", "true", "1", "sí", "si", "verdadero"), True),
    **dict.fromkeys(("no", "n", "false", "0", "falso"), False),
}
"""With what spreadsheets in English and Spanish write."""

_SPREADSHEET_TIME: Final = re.compile(r"\d{5}([.,]\d+)?|[\d.,]+E[+-]?\d+", re.IGNORECASE)
"""Days since 1900 or 1904: which, and in which time zone, only the spreadsheet knows."""

_NEEDED: Final = "This must not be empty."
_TIME: Final = "2027-03-14T15:40:00+01:00"
_PARTS: Final = re.compile(r"[^\s_-]+")
_BETWEEN: Final = re.compile(r"[;,]")


class NotAValue(Exception):
    """A cell that cannot be read: the column, and what to write instead."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column)
        self.column = column
        self.reason = reason

    def fault(self, line: int) -> RowFault:
        return RowFault(line=line, column=self.column, reason=self.reason)


def header_fault(kind: ImportKind, columns: tuple[str, ...]) -> str | None:
    """What is wrong with a header. It may be a person's row by mistake, so it is not repeated.

    A column without a name holds nothing.
    """
    for place, column in enumerate(columns, 1):
        if column and column not in COLUMNS[kind]:
            return (
                f"Column {place} has no name that is known; known are {', '.join(COLUMNS[kind])}."
            )
        if column and column in columns[: place - 1]:
            return f"Column {place} repeats the name of another one."
    missing = [column for column in NEEDED[kind] if column not in columns]
    return f"The file needs a column {missing[0]}." if missing else None


def read_patient(scope: Scope, row: Row) -> RegisterPatient:
    """Read a row. Raises NotAValue; what a registration refuses is not checked here."""
    cells = _Cells(row.values)
    return RegisterPatient(
        scope=scope,
        idempotency_key=f"line {row.line}",
        reference=cells.reference(),
        display_name=cells.text("name"),
        phone=cells.address("phone"),
        email=cells.address("email"),
        contact_owner=cells.member("contact_owner", ContactOwner) or ContactOwner.SELF,
        is_adult=cells.boolean("is_adult"),
        time_zone=cells.word("time_zone"),
        region=cells.word("region"),
        locale=cells.locale(),
        channels=cells.members("channels", Channel) or None,
        detail=cells.member("detail", MessageDetail),
        consents=_consents(cells),
    )


def read_suppression(row: Row) -> SuppressionGiven:
    """Read a row. Raises NotAValue."""
    cells = _Cells(row.values)
    cells.needed("channel")
    cells.needed("reason")
    return SuppressionGiven(
        channel=cells.member("channel", Channel) or Channel.SMS,
        address=cells.needed_address(),
        reason=cells.member("reason", SuppressionReason) or SuppressionReason.OPT_OUT,
        since=cells.instant("since"),
        evidence=cells.text("evidence"),
    )


def fault_of(line: int, refusal: Refusal) -> RowFault:
    """A registration's refusal as a fault of the column that it is about."""
    names = [part for part in refusal.path or () if not part.isdigit() and part != "consents"]
    field = names[-1] if names else None
    column = _COLUMN_OF.get(field, field) if field else None
    if column is None and refusal.path and refusal.path[0] == "consents":
        column = "consent_channels"
    return RowFault(line=line, column=column, reason=refusal.message)


def _consents(cells: "_Cells") -> tuple[ConsentGiven, ...]:
    channels = cells.members("consent_channels", Channel)
    if not channels:
        if any(cells.text(column) for column in _CONSENT):
            raise NotAValue("consent_channels", "Say which channels the consent is for.")
        return ()
    for column in _PROOF:
        cells.needed(column, "A consent needs its method, wording, time and source.")
    purposes = cells.members("consent_purposes", Purpose) or (Purpose.CARE,)
    consent = ConsentGiven(
        channel=channels[0],
        purpose=purposes[0],
        granted=True,
        source=cells.needed("consent_source"),
        wording_version=cells.text("consent_wording"),
        method=cells.member("consent_method", ConsentMethod),
        basis=cells.member("consent_basis", ConsentBasis) or ConsentBasis.EXPRESS,
        detail=cells.member("consent_detail", MessageDetail) or MessageDetail.DISCREET,
        evidence=cells.text("consent_evidence"),
        obtained_at=cells.instant("consent_obtained_at"),
    )
    return tuple(
        msgspec.structs.replace(consent, channel=channel, purpose=purpose)
        for channel in channels
        for purpose in purposes
    )


class _Cells:
    """The cells of a row, read by the rules of the API's inputs."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, column: str) -> str | None:
        text = self._values.get(column, "").strip()
        if len(text) > LONGEST_TEXT:
            raise NotAValue(column, f"At most {LONGEST_TEXT} characters, please.")
        if not is_plain(text):
            raise NotAValue(column, NOT_PLAIN)
        return text or None

    def needed(self, column: str, reason: str = _NEEDED) -> str:
        text = self.text(column)
        if text is None:
            raise NotAValue(column, reason)
        return text

    def word(self, column: str) -> str | None:
        return without_invisible(self.text(column) or "") or None

    def reference(self) -> str:
        reference = without_invisible(self.needed("reference"))
        if not reference:
            raise NotAValue("reference", _NEEDED)
        return reference

    def address(self, column: str) -> str | None:
        """A phone number or an email address as it is written."""
        return self._values.get(column, "").strip() or None

    def needed_address(self) -> str:
        address = self.address("address")
        if address is None:
            raise NotAValue("address", _NEEDED)
        return address

    def locale(self) -> str | None:
        text = self.word("locale")
        try:
            return parse_locale(text) if text else None
        except ValueError:
            return text  # a registration refuses it

    def member(self, column: str, kind: type[Member]) -> Member | None:
        """One word, in any case, whose parts may be separated by spaces or hyphens."""
        text = self.word(column)
        return self._members(column, kind, ["_".join(_PARTS.findall(text))])[0] if text else None

    def members(self, column: str, kind: type[Member]) -> tuple[Member, ...]:
        """Words in any case, separated by spaces, commas or semicolons."""
        return self._members(column, kind, _BETWEEN.sub(" ", self.word(column) or "").split())

    def _members(self, column: str, kind: type[Member], words: list[str]) -> tuple[Member, ...]:
        """OTHER is no channel here."""
        by_name = {str(member): member for member in kind if member is not Channel.OTHER}
        names = [word.upper() for word in words]
        if any(name not in by_name for name in names):
            *others, last = by_name
            raise NotAValue(column, f"Write {', '.join(others)} or {last}.")
        return tuple(dict.fromkeys(by_name[name] for name in names))

    def boolean(self, column: str) -> bool | None:
        text = self.word(column)
        if text is not None and text.lower() not in _BOOLEANS:
            raise NotAValue(column, "Write yes or no, or leave it empty.")
        return _BOOLEANS[text.lower()] if text else None

    def instant(self, column: str) -> datetime | None:
        text = self.word(column)
        if text is None:
            return None
        try:
            return parse_instant(text)
        except ValueError:
            reason = f"Write a time with its offset, like {_TIME}."
            if _SPREADSHEET_TIME.fullmatch(text):
                reason = f"A spreadsheet made a number of this: format the column as text. {reason}"
            raise NotAValue(column, reason) from None
