"""Texts of alerts to staff, and texts to patients for when the plan's own cannot be rendered.

An alert contains a number and a link. It never contains anything about a patient.
"""

from typing import Final

import msgspec

from services.reminders.core.crisis_lines import CrisisLine


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    alert: str
    alert_subject: str
    must_phone: str
    again: str
    test: str
    test_subject: str
    safety: str
    safety_call: str
    crisis: str
    crisis_line: str
    help: str
    help_call: str


_ENGLISH: Final = Wording(
    alert="{clinic}: escalation {number}. A patient may need help now.{more} Acknowledge: {url}",
    alert_subject="Escalation {number}: a patient may need help now",
    must_phone=" They cannot be texted: phone them.",
    again=" Nobody has acknowledged it yet.",
    test="{clinic}: this is a test of your alerts. Open the link and confirm: {url}",
    test_subject="A test of your alerts",
    safety="{clinic}: What you describe should be looked at now.{call} In an emergency call"
    " {emergency}.",
    safety_call=" Call us: {phone}.",
    crisis="{clinic}: You are not alone.{line} In an emergency call {emergency} now.",
    crisis_line=" Talk to somebody now: call {line}, at any hour.",
    help="{clinic}: aftercare texts; how many depends on treatment.{call} Emergency: {emergency}."
    " Msg & data rates may apply. STOP to opt out.",
    help_call=" Help: {phone}.",
)
_SPANISH: Final = Wording(
    alert="{clinic}: aviso {number}. Un paciente puede necesitar ayuda ya.{more} Confirme: {url}",
    alert_subject="Aviso {number}: un paciente puede necesitar ayuda ya",
    must_phone=" No se le puede escribir: hay que llamar.",
    again=" Sigue sin confirmar.",
    test="{clinic}: esto es una prueba de sus avisos. Abra el enlace y confirme: {url}",
    test_subject="Una prueba de sus avisos",
    safety="{clinic}: Lo que describe debe verse ya.{call} En una emergencia llame al {emergency}.",
    safety_call=" Llame al {phone}.",
    crisis="{clinic}: No tiene que pasar por esto a solas.{line} En una emergencia llame ya al"
    " {emergency}.",
    crisis_line=" Hable ahora con alguien: {line}, a cualquier hora.",
    help="{clinic}: mensajes de cuidado; la cantidad depende del tratamiento.{call} Emergencias:"
    " {emergency}. Pueden aplicarse tarifas de mensajes y datos. Responda STOP para darse de baja.",
    help_call=" Ayuda: {phone}.",
)
_LANGUAGES: Final = {"en": _ENGLISH, "es": _SPANISH}


class AlertText(msgspec.Struct, frozen=True):
    """An alert in one language. `subject` is for email only."""

    text: str
    subject: str | None = None


def alert_text(
    *, clinic: str, locale: str, number: int, url: str, must_phone: bool, is_repeated: bool
) -> AlertText:
    words = _words(locale)
    more = (words.must_phone if must_phone else "") + (words.again if is_repeated else "")
    return AlertText(
        words.alert.format(clinic=clinic, number=number, more=more, url=url),
        words.alert_subject.format(number=number),
    )


def trial_text(*, clinic: str, locale: str, url: str) -> AlertText:
    words = _words(locale)
    return AlertText(words.test.format(clinic=clinic, url=url), words.test_subject)


def safety_text(*, clinic: str, locale: str, phone: str | None, emergency: str) -> str:
    """The safety text for when the plan's own cannot be rendered: it must always go out."""
    words = _words(locale)
    call = words.safety_call.format(phone=phone) if phone else ""
    return words.safety.format(clinic=clinic, call=call, emergency=emergency)


def crisis_text(*, clinic: str, locale: str, line: CrisisLine | None, emergency: str) -> str:
    """The safety text for thoughts of death. `line` is None where none is known."""
    words = _words(locale)
    named = "" if line is None else words.crisis_line.format(line=line.label)
    return words.crisis.format(clinic=clinic, line=named, emergency=emergency)


def help_text(*, clinic: str, locale: str, phone: str | None, emergency: str) -> str:
    """The answer to HELP that US carriers require: sender, phone, rates and how to opt out.

    It names the emergency number too, because somebody in danger may ask for help in one word.
    """
    words = _words(locale)
    call = words.help_call.format(phone=phone) if phone else ""
    return words.help.format(clinic=clinic, call=call, emergency=emergency)


def _words(locale: str) -> Wording:
    return _LANGUAGES.get(locale.split("-", maxsplit=1)[0].lower(), _ENGLISH)
