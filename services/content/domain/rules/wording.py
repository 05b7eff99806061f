"""What messages may say, and how long they may be."""

import re
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.phrases import any_of, sentences
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import Wording
from services.content.domain.templates import OPT_OUT_LINE, filled_in, names_used, template_faults
from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.sms.segments import count_segments, non_gsm_characters

_MOST_SEGMENTS: Final = 4
_DOSE: Final = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|IU|UI)\b")
_BY: Final = "{{ clinic_name }}"


def steps_speak_to_whom_they_should(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        has_messages = step.messages is not None and (step.messages.sms or step.messages.email)
        if step.kind is StepKind.CLINICIAN_TASK and has_messages:
            problem = "a clinician's task is not sent; remove them"
            yield Fault(name, (*path, "messages"), problem)
        elif step.kind is not StepKind.CLINICIAN_TASK and not has_messages:
            yield Fault(name, path, "nothing is sent; add messages with sms, email or both")


def templates_can_be_filled_in(locale: Locale) -> Faults:
    for name, message in locale.messages():
        for problem in template_faults(message.text, message.extra):
            yield Fault(name, message.path, problem)


def messages_say_who_writes(locale: Locale) -> Faults:
    for name, message in locale.messages():
        if not message.text.startswith(_BY):
            yield Fault(name, message.path, f'begin with "{_BY}"; a patient must see who writes')


def hours_may_be_unknown(locale: Locale) -> Faults:
    for name, message in locale.messages():
        is_sound = not any(template_faults(message.text, message.extra))
        if is_sound and "clinic_hours" in names_used(message.text):
            problem = "most clinics give no hours; show clinic_hours inside {% if clinic_hours %}"
            yield Fault(name, message.path, problem)


def budgets_are_modest(locale: Locale) -> Faults:
    for name, path, step in locale.steps():
        sms = step.messages.sms if step.messages else None
        if sms and not 1 <= sms.max_segments <= _MOST_SEGMENTS:
            problem = f"an SMS may have 1 to {_MOST_SEGMENTS} parts; correct it"
            yield Fault(name, (*path, "messages", "sms", "max_segments"), problem)


def texts_fit_their_budget(locale: Locale) -> Faults:
    for name, message in locale.messages():
        if message.channel is not Channel.SMS or any(template_faults(message.text, message.extra)):
            continue
        filled = filled_in(message.text, locale.catalog.locale, message.extra)
        texts = [text + OPT_OUT_LINE for text in filled]
        if unusual := non_gsm_characters("".join(texts)):
            problem = f"{' '.join(unusual)} is not in the SMS alphabet and doubles the cost"
            yield Fault(name, message.path, f"{problem}; write plain characters")
        elif (used := max(count_segments(text).parts for text in texts)) > (
            budget := message.budget
        ):
            problem = (
                f"takes {used} SMS parts, filled in and with the opt-out line; {budget} are allowed"
            )
            yield Fault(name, message.path, f"{problem}; shorten it")


def discreet_messages_reveal_nothing(locale: Locale) -> Faults:
    names = any_of(locale.names_in_any_locale)
    words = any_of(locale.revealing_in_any_locale)
    for name, message in locale.messages():
        if message.is_discreet:
            for word in _matches(names, message.text) | _matches(words, message.text):
                yield Fault(name, message.path, _revealed(word))
    for code, flag in locale.catalog.red_flags.items():
        for word in _matches(names, flag.short) | _matches(words, flag.short):
            yield Fault("red-flags.yaml", (code, "short"), _revealed(word))


def texts_stop_no_medicine(locale: Locale) -> Faults:
    medicines = _Medicines(locale.catalog.wording)
    for name, path, text in _patient_texts(locale):
        if sentence := medicines.sentence_in(text):
            problem = f"tells a patient to stop or start a medicine ({sentence[:60]!r})"
            yield Fault(name, path, f"{problem}; say to ask the clinic or the prescriber")


def texts_name_no_dose(locale: Locale) -> Faults:
    """Only the prescriber says how much to take, and it may have changed since."""
    for name, path, text in _patient_texts(locale):
        for dose in _matches(_DOSE, text):
            problem = f"{dose!r} is a dose; say to take what was prescribed as it was prescribed"
            yield Fault(name, path, problem)


def nobody_numbs_at_home(locale: Locale) -> Faults:
    """Numbing products from shops have harmed people before cosmetic procedures (FDA, 2024)."""
    numbing = any_of(locale.catalog.wording.numbing)
    for name, path, text in _patient_texts(locale):
        for product in _matches(numbing, text):
            problem = f"{product!r} is put on at the clinic only; do not tell patients of it"
            yield Fault(name, path, problem)


def care_does_not_advertise(locale: Locale) -> Faults:
    promotional = any_of(locale.catalog.wording.promotional)
    for name, message in locale.messages():
        if message.purpose is Purpose.CARE:
            for word in _matches(promotional, message.text):
                problem = f"{word!r} advertises in a care message; leave it to a REBOOK step"
                yield Fault(name, message.path, problem)


def wording_lists_are_filled(locale: Locale) -> Faults:
    """An empty list would silently switch a rule off."""
    for field in Wording.__struct_fields__:
        if locale.has("wording.yaml") and not getattr(locale.catalog.wording, field):
            problem = f"{field} is empty; the checker needs the words it is to watch for"
            yield Fault("wording.yaml", (field,), problem)


def _matches(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match[0].casefold() for match in pattern.finditer(_without_templates(text))}


def _without_templates(text: str) -> str:
    return re.sub(r"\{[{%].*?[%}]\}", " ", text, flags=re.DOTALL)


def _revealed(word: str) -> str:
    return f"{word!r} gives a discreet message away; say it without procedure, body or concern"


def _patient_texts(locale: Locale) -> list[tuple[str, Path, str]]:
    """Collect the texts that patients read: messages, and the page of each step."""
    texts = [(name, message.path, message.text) for name, message in locale.messages()]
    for name, step_path, step in locale.steps():
        if step.kind is not StepKind.CLINICIAN_TASK:
            body = (*step_path, "body")
            scalars = locale.documents[name].scalars
            texts += [(name, path, text) for path, text in scalars.items() if path[:3] == body]
    return texts


class _Medicines:
    """Finds where a patient is told to stop, start or do without a medicine."""

    def __init__(self, wording: Wording) -> None:
        self._medicines = any_of(wording.medicines)
        self._verbs = verbs = any_of(wording.stop_or_start)
        self._forbidding = any_of(_forbidding(wording))
        self._negated = re.compile(
            rf"{any_of(wording.negation).pattern}\W+(?:\w+\W+)?{verbs.pattern}"
            rf"(?:(?:\s*,\s*|\s+or\s+|\s+and\s+){verbs.pattern})*",
            re.IGNORECASE,
        )
        self._none = re.compile(
            rf"{any_of(wording.without).pattern}\s+{self._medicines.pattern}", re.IGNORECASE
        )

    def sentence_in(self, text: str) -> str | None:
        """Return the first such sentence, if any."""
        return next(filter(self._tells, sentences(_without_templates(text))), None)

    def _tells(self, sentence: str) -> bool:
        is_changed = self._medicines.search(sentence) and (
            self._forbidding.search(sentence)
            or self._verbs.search(self._negated.sub(" ", sentence))
        )
        return bool(is_changed or self._none.search(sentence))


def _forbidding(wording: Wording) -> list[str]:
    """Phrases that forbid although they begin with a negation, such as “do not take”."""
    negations = tuple(f"{word} " for word in wording.negation)
    return [phrase for phrase in wording.stop_or_start if phrase.startswith(negations)]
