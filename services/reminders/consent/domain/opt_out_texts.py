"""The confirmation of an opt-out, which contains nothing else.

US rules allow one confirmation within five minutes, without anything promotional
(47 CFR 64.1200(a)(12)).
"""

from datetime import timedelta

CONFIRM_WITHIN = timedelta(minutes=5)

_TEXTS = {
    "en": "{clinic}: You are opted out and will get no more texts from us.{call}",
    "es": "{clinic}: Queda dado de baja y ya no le enviaremos mensajes.{call}",
}
_CALLS = {"en": " Questions: call {phone}.", "es": " Consultas: llame al {phone}."}


def confirmation(*, clinic: str, phone: str | None, locale: str) -> str:
    """The confirmation in the patient's language, or in English."""
    language = locale.split("-", maxsplit=1)[0].lower()
    language = language if language in _TEXTS else "en"
    call = _CALLS[language].format(phone=phone) if phone else ""
    return _TEXTS[language].format(clinic=clinic, call=call)
