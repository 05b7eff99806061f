"""How long a text a provider carries whole, and where a longer one is divided."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from services.contracts.sms_segments import count_segments

NUMBERING: Final = " ({number}/{total})"
_ROOM: Final = NUMBERING.format(number=99, total=99)


class SmsLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The longest text that is carried whole. None: not limited in that way."""

    parts: int | None = None
    characters: int | None = None


LIMITS: Final[Mapping[str, SmsLimit]] = {
    # max-messages of our guide's sendsms-user: smsbox drops what is longer.
    "kannel": SmsLimit(parts=10),
    # https://www.twilio.com/docs/api/errors/21617
    "twilio": SmsLimit(characters=1600),
}
"""By provider. A sender may have another one."""

LEAST_CARRIED: Final = SmsLimit(parts=10, characters=1600)
"""What every provider of LIMITS carries whole."""


def limit_of(provider: str, most_parts: int | None = None) -> SmsLimit:
    """The limit of a provider; `most_parts` is that of its sender, if it states one."""
    limit = LIMITS.get(provider, LEAST_CARRIED)
    if most_parts is None:
        return limit
    return msgspec.structs.replace(limit, parts=min(most_parts, limit.parts or most_parts))


def carried_by_all(limits: Iterable[SmsLimit]) -> SmsLimit:
    """What each of them carries whole; LEAST_CARRIED if there is none."""
    known = tuple(limits)
    if not known:
        return LEAST_CARRIED
    return SmsLimit(
        parts=min((limit.parts for limit in known if limit.parts is not None), default=None),
        characters=min(
            (limit.characters for limit in known if limit.characters is not None), default=None
        ),
    )


def fits(text: str, limit: SmsLimit) -> bool:
    if limit.characters is not None and len(text) > limit.characters:
        return False
    return limit.parts is None or count_segments(text).parts <= limit.parts


class TextPart(msgspec.Struct, frozen=True):
    """One of the messages that a text goes out as.

    `until` is where it ends in the text; None if nothing follows.
    """

    number: int
    text: str
    until: int | None = None

    @property
    def is_last(self) -> bool:
        return self.until is None


def next_part(text: str, limit: SmsLimit, *, sent: int = 0, since: int = 0) -> TextPart:
    """The part to send after `sent` ones, which ended at the position `since` of the text.

    A text that fits is its only part. Parts of another end with their number.
    """
    rest = text[since:]
    if not sent and fits(rest, limit):
        return TextPart(1, rest)
    ends = list(_ends(rest, limit))
    number = sent + 1
    numbering = NUMBERING.format(number=number, total=sent + len(ends))
    until = None if len(ends) == 1 else since + ends[0]
    return TextPart(number, rest[: ends[0]].strip() + numbering, until)


def all_parts(text: str, limit: SmsLimit) -> Iterator[TextPart]:
    """The messages that a text goes out as, in order."""
    part = next_part(text, limit)
    yield part
    while part.until is not None:
        part = next_part(text, limit, sent=part.number, since=part.until)
        yield part


def _ends(text: str, limit: SmsLimit) -> list[int]:
    """Where the parts of a text end. About equally long ones read better than a short last one."""
    ends = list(_cut(text, lambda piece: fits(piece + _ROOM, limit)))
    longest = len(text) * 6 // (5 * len(ends))
    even = list(_cut(text, lambda piece: len(piece) <= longest and fits(piece + _ROOM, limit)))
    return even if len(even) == len(ends) else ends


def _cut(text: str, has_room: Callable[[str], bool]) -> Iterator[int]:
    start = 0
    while start < len(text):
        end = start + _longest(text[start:], has_room)
        if end < len(text):
            end = _break_before(text, start, end)
        yield end
        start = end


def _longest(text: str, has_room: Callable[[str], bool]) -> int:
    """The most characters from the start that have room, at least one."""
    if has_room(text):
        return len(text)
    least, most = 1, len(text)
    while most - least > 1:
        middle = (least + most) // 2
        if has_room(text[:middle].rstrip()):
            least = middle
        else:
            most = middle
    return least


_BREAKS: Final = (
    re.compile(r"\n+"),
    re.compile(r"(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<=[.!?…])[\"')\]]*\s+(?=[^\sa-z])"),
    re.compile(r"\s+"),
)
"""Between paragraphs, sentences, words. “Dr. Ruiz” ends no sentence."""

_FAR: Final = 0.5
"""A better break is taken if that leaves the part at least this full."""


def _break_before(text: str, start: int, end: int) -> int:
    """The best place to break at `end` or before it; `end` itself if there is none."""
    for kind, wanted in zip(_BREAKS, (_FAR, _FAR, 0.0), strict=True):
        places = [match.end() for match in kind.finditer(text, start, min(end + 1, len(text)))]
        near = [place for place in places if start + wanted * (end - start) < place <= end]
        if near:
            return near[-1]
    return end
