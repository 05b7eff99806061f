"""Rules for check-ins: what they ask, and that no answer can be misread."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from services.content.domain.check_ins import signs_to_watch, spoken
from services.content.domain.faults import Fault, Path
from services.content.domain.phrases import any_of
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import PlanSource
from services.content.domain.templates import names_used, template_faults
from services.content.domain.written import AnswerLevel, CheckInSource
from services.contracts.catalog import Channel, StepKind
from services.contracts.durations import parse_duration
from services.contracts.sms.segments import non_gsm_characters

_MOST_OPTIONS: Final = 9
_LEAST_OPTIONS: Final = 2
_LONGEST_TO_READ: Final = timedelta(days=1)
_SHORTEST_SIGN: Final = 3
_KEYWORDS: Final = frozenset(
    {"stop", "stopall", "end", "quit", "cancel", "unsubscribe", "optout", "opt out", "revoke"}
    | {"start", "unstop", "help", "info", "basta", "baja", "alto", "ayuda"}
)
"""Words that providers and the sender treat as commands before they look for an answer."""
_SHOWN: Final = {Channel.SMS: "check_in_options", Channel.EMAIL: "check_in_url"}
_TELL_WHOM_TO_CALL: Final = ("amber", "red", "unclear")


def check_ins_ask(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        if step.kind is StepKind.CHECK_IN and step.check_in is None:
            yield Fault(name, path, "a CHECK_IN asks something; add check_in with a question")
        elif step.kind is not StepKind.CHECK_IN and step.check_in is not None:
            problem = f"{step.kind.value} asks nothing; remove check_in or make it a CHECK_IN"
            yield Fault(name, (*path, "check_in"), problem)
    for name, plan in locale.plans():
        if plan.check_in_texts is None and any(step.check_in for step in plan.steps):
            problem = "the plan asks, and has no answers; add check_in_texts with replies and nudge"
            yield Fault(name, ("steps",), problem)


def answers_are_distinct(locale: Locale) -> Faults:
    for name, path, check_in in _check_ins(locale):
        options = (*path, "options")
        if not _LEAST_OPTIONS <= len(check_in.options) <= _MOST_OPTIONS:
            problem = f"give {_LEAST_OPTIONS} to {_MOST_OPTIONS} options"
            yield Fault(name, options, problem)
        for level in (AnswerLevel.RED, AnswerLevel.GREEN):
            if level not in {option.level for option in check_in.options}:
                yield Fault(name, options, f"no option is {level.value}; say how that is answered")
        yield from _values(name, options, check_in)
        yield from _meanings(name, options, check_in)


def check_ins_close_after_asking_again(locale: Locale) -> Faults:
    for name, path, check_in in _check_ins(locale):
        lengths: dict[str, timedelta] = {}
        for field in ("nudge_after", "close_after"):
            try:
                lengths[field] = parse_duration(getattr(check_in, field))
            except ValueError as fault:
                yield Fault(name, (*path, field), str(fault))
        if lengths.get("nudge_after", timedelta.max) <= timedelta(0):
            yield Fault(name, (*path, "nudge_after"), "ask again after some time, such as PT4H")
        elif len(lengths) == len(("nudge", "close")) and (
            lengths["close_after"] <= lengths["nudge_after"]
        ):
            problem = "closes before it asks again; make close_after longer than nudge_after"
            yield Fault(name, (*path, "close_after"), problem)


def texts_are_read_in_time(locale: Locale) -> Faults:
    """A text that no rule understands must have a time by which a person reads it."""
    for name, plan in locale.plans():
        for field, longest in (("read_within", _LONGEST_TO_READ), ("acute_for", None)):
            try:
                length = parse_duration(getattr(plan, field))
            except ValueError as fault:
                yield Fault(name, (field,), str(fault))
                continue
            if length <= timedelta(0):
                yield Fault(name, (field,), "takes a time, such as PT2H or P7D")
            elif longest is not None and length > longest:
                problem = "a text may be urgent; have it read within a day of opening hours"
                yield Fault(name, (field,), problem)


def check_ins_show_how_to_answer(locale: Locale) -> Faults:
    """Texts must show the options and emails the page. This also holds for nudges."""
    for name, message in locale.messages():
        variable = _SHOWN[message.channel]
        if variable not in message.extra or message.is_subject:
            continue
        is_sound = not any(template_faults(message.text, message.extra))
        if is_sound and variable not in names_used(message.text):
            problem = f"say how to answer; show {{{{ {variable} }}}} outside any if"
            yield Fault(name, message.path, problem)


def silence_is_asked_again(locale: Locale) -> Faults:
    """A nudge must exist for every channel that asks."""
    for name, plan in locale.plans():
        if plan.check_in_texts is None:
            continue
        nudge = plan.check_in_texts.nudge
        for channel in ("sms", "email"):
            asks = any(s.check_in and getattr(s.messages, channel, None) for s in plan.steps)
            if asks and getattr(nudge, channel) is None:
                problem = f"check-ins ask by {channel}; add {channel} to the nudge"
                yield Fault(name, ("check_in_texts", "nudge"), problem)


def answers_tell_whom_to_call(locale: Locale) -> Faults:
    for name, plan in locale.plans():
        if plan.check_in_texts is None:
            continue
        for level in _TELL_WHOM_TO_CALL:
            text = getattr(plan.check_in_texts.replies, level).text
            if any(template_faults(text)):
                continue
            for variable in ("clinic_phone", "emergency_number"):
                if variable not in names_used(text):
                    path: Path = ("check_in_texts", "replies", level, "text")
                    problem = f"tell whom to call; show {{{{ {variable} }}}} outside any if"
                    yield Fault(name, path, problem)


def questions_are_discreet(locale: Locale) -> Faults:
    """They are in every message that asks, and on a page that anyone with the phone can open."""
    revealing = any_of(locale.names_in_any_locale | locale.revealing_in_any_locale)
    for name, path, check_in in _check_ins(locale):
        texts = {(*path, "question"): check_in.question} | {
            (*path, "options", number, "label"): option.label
            for number, option in enumerate(check_in.options)
        }
        for where, text in texts.items():
            if word := revealing.search(text):
                hint = f"{word[0]!r} gives a question away; ask without procedure, body or concern"
                yield Fault(name, where, hint)
            if unusual := non_gsm_characters(text):
                problem = f"{' '.join(unusual)} is not in the SMS alphabet; write plain characters"
                yield Fault(name, where, problem)


def signs_are_watched(locale: Locale) -> Faults:
    """Free text about a red flag must be understood, in this language too."""
    watched: dict[str, None] = {}
    for _, plan in locale.plans():
        if any(step.check_in for step in plan.steps):
            watched |= {code: None for code, _ in signs_to_watch(locale.catalog, plan)}
    language = locale.catalog.locale.partition("-")[0]
    for code in watched:
        if not locale.catalog.red_flags[code].signs.get(language):
            problem = (
                f"a check-in must know what patients write who have this; add signs in {language}"
            )
            yield Fault("red-flags.yaml", (code,), problem)


def signs_are_words(locale: Locale) -> Faults:
    for code, flag in locale.catalog.red_flags.items():
        for language, phrases in flag.signs.items():
            for number, phrase in enumerate(phrases):
                path: Path = (code, "signs", language, number)
                if phrase != phrase.lower():
                    yield Fault("red-flags.yaml", path, f"write {phrase.lower()!r} in lower case")
                elif len(phrase) < _SHORTEST_SIGN:
                    problem = f"{phrase!r} would be found in much else; write more of it"
                    yield Fault("red-flags.yaml", path, problem)


def no_sign_means_well(locale: Locale) -> Faults:
    """The words for a GREEN option must not be signs of a red flag."""
    for name, plan in locale.plans():
        red = {
            phrase: code
            for code, flag in signs_to_watch(locale.catalog, plan)
            for phrase in spoken(flag.signs)
        }
        for path, check_in in _check_ins_of(plan):
            for number, option in enumerate(check_in.options):
                if option.level is not AnswerLevel.GREEN:
                    continue
                for word in sorted({*spoken(option.words), option.label.lower()} & red.keys()):
                    problem = f"{word!r} is a sign of {red[word]} and cannot mean GREEN; remove it"
                    yield Fault(name, (*path, "options", number), problem)


def _values(name: str, path: Path, check_in: CheckInSource) -> Faults:
    """A patient may type a value or the number of an option, so these must not differ."""
    for number, option in enumerate(check_in.options, start=1):
        if option.value.isdecimal() and option.value != str(number):
            problem = f"the option in place {number} has the value {number}; correct it"
            yield Fault(name, (*path, number - 1, "value"), problem)


def _meanings(name: str, path: Path, check_in: CheckInSource) -> Faults:
    owners: dict[str, int] = {}
    for number, option in enumerate(check_in.options):
        words = spoken(option.words)
        for word in (option.value, option.label, *words):
            if owners.setdefault(word.lower(), number) != number:
                problem = f"{word!r} belongs to another option too; leave it to one"
                yield Fault(name, (*path, number), problem)
            elif word.lower() in _KEYWORDS:
                problem = f"{word!r} is a command of providers and no answer; choose another word"
                yield Fault(name, (*path, number), problem)
        yield from _lower(name, (*path, number, "words"), words)


def _lower(name: str, path: Path, words: Iterable[str]) -> Faults:
    for word in words:
        if word != word.lower():
            yield Fault(name, path, f"write {word.lower()!r} in lower case")


def _check_ins(locale: Locale) -> Iterator[tuple[str, Path, CheckInSource]]:
    for name, plan in locale.plans():
        for path, check_in in _check_ins_of(plan):
            yield name, path, check_in


def _check_ins_of(plan: PlanSource) -> Iterator[tuple[Path, CheckInSource]]:
    for number, step in enumerate(plan.steps):
        if step.check_in:
            yield ("steps", number, "check_in"), step.check_in
