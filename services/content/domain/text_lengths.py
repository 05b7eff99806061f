"""How long the text messages of plans are, filled in for a clinic's name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

import msgspec

from services.content.domain.templates import OPT_OUT_LINE, filled_in
from services.contracts.catalog import AftercarePlan, AftercareStep, Channel, LocalizedCatalog
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.sms.limits import SmsLimit, all_parts, fits
from services.contracts.sms.names import LONGEST_NAME, plain
from services.contracts.sms.segments import count_segments

LONGEST_NAMES: Final = ("M" * LONGEST_NAME, "\N{CYRILLIC CAPITAL LETTER ZHE}" * LONGEST_NAME)
"""The longest names of clinics, in GSM 7-bit and outside it."""

_MERGED: Final = 4  # texts that a visit's message carries
_URL: Final = f"https://aftercare.northside-clinic.example/c/{'x' * 48}"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class CountedText(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a plan, as a template; `step` is the key of its step."""

    plan: str
    step: str
    template: str
    extra: Mapping[str, str] = _NOTHING

    def filled(self, locale: str, name: str) -> str:
        """The text with the longest values, without the line about opting out."""
        values = {**self.extra, "clinic_name": name}
        return plain(next(filled_in(self.template, locale, values)))


def sms_texts(plan: AftercarePlan) -> Iterator[CountedText]:
    """Every text message that a plan may send: of its steps, and about its questions."""
    for step in plan.steps:
        extra = _shown(step.check_in) if step.check_in else _NOTHING
        for template in _templates(step):
            yield CountedText(plan=plan.slug, step=step.key, template=template, extra=extra)


def _templates(step: AftercareStep) -> Iterable[str]:
    messages, question = step.messages.get(Channel.SMS), step.check_in
    texts = [messages.discreet.text, messages.detailed.text] if messages else []
    if question:
        replies = question.replies
        answers = (replies.green, replies.amber, replies.red, replies.unclear)
        texts += [answer.text for answer in answers]
        texts += [question.nudge.sms] if question.nudge.sms else []
    return dict.fromkeys(texts)


def _shown(question: CheckInQuestion) -> Mapping[str, str]:
    options = ", ".join(f"{option.value} {option.label}" for option in question.options)
    return {"check_in_options": options, "check_in_url": _URL}


def count_parts(text: CountedText, locale: str, name: str) -> int:
    """The segments that a text takes, with the line about opting out."""
    return count_segments(text.filled(locale, name) + OPT_OUT_LINE).parts


class CrowdedHour(msgspec.Struct, frozen=True, kw_only=True):
    """Texts of one hour of a visit that no message carries whole.

    `hour` says when, relative to the procedures. `is_gsm`: though the name is in GSM 7-bit.
    """

    locale: str
    hour: str
    plans: tuple[str, ...]
    parts: int
    messages: int
    is_gsm: bool


def crowded_hours(catalog: LocalizedCatalog, limit: SmsLimit) -> Iterator[CrowdedHour]:
    """Find what goes out as several messages with the longest names: one text, or a visit's."""
    for name in LONGEST_NAMES:
        for hour, texts in _by_hour(catalog, name).items():
            longest = sorted(texts.items(), key=lambda item: -len(item[1]))
            for count in range(1, _MERGED + 1):
                together = dict(islice(longest, count))
                whole = "\n".join(together.values()) + OPT_OUT_LINE
                if len(together) == count and not fits(whole, limit):
                    yield CrowdedHour(
                        locale=catalog.locale,
                        hour=hour,
                        plans=tuple(together),
                        parts=count_segments(whole).parts,
                        messages=len(list(all_parts(whole, limit))),
                        is_gsm=name == LONGEST_NAMES[0],
                    )
                    break


def _by_hour(catalog: LocalizedCatalog, name: str) -> Mapping[str, Mapping[str, str]]:
    """The longest text of each plan in each hour of a visit's days."""
    hours: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for plan in catalog.plans:
        steps = {step.key: step for step in plan.steps}
        for text in sms_texts(plan):
            filled = text.filled(catalog.locale, name)
            texts = hours[_hour(steps[text.step])]
            texts[plan.slug] = max(texts.get(plan.slug, ""), filled, key=len)
    return hours


def _hour(step: AftercareStep) -> str:
    if step.day is not None and step.at is not None:
        return f"day {step.day}, {step.at[:2]}:00"
    return f"{step.after} after it"
