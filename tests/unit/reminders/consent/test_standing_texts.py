"""What is sent besides a plan's own messages stays in the alphabet of text messages."""

import pytest

from services.contracts.catalog import Channel
from services.contracts.sms.segments import Encoding, count_segments
from services.reminders.check_ins.domain.alert_texts import (
    alert_text,
    crisis_text,
    help_text,
    safety_text,
    trial_text,
)
from services.reminders.consent.domain.opt_out import confirmation
from services.reminders.core.crisis_lines import CRISIS_LINES
from services.reminders.enrollments.domain.correction import correction_step
from services.reminders.registration.domain.confirmation import code_message
from services.reminders.rendering.phrases import language

CLINIC, PHONE, URL = "Rowan Clinic", "+12025550199", "https://a.example/t"


def texts(locale: str) -> tuple[str, ...]:
    correction = correction_step(locale).messages[Channel.SMS].discreet.text
    words = language(locale)
    return (
        correction.replace("{{ appointment }}", ""),
        words.latest_end + words.sms_opt_out + words.other_opt_out,
        alert_text(
            clinic=CLINIC, locale=locale, number=7, url=URL, must_phone=True, is_repeated=True
        ).text,
        trial_text(clinic=CLINIC, locale=locale, url=URL).text,
        safety_text(clinic=CLINIC, locale=locale, phone=PHONE, emergency="112"),
        help_text(clinic=CLINIC, locale=locale, phone=PHONE, emergency="112"),
        crisis_text(clinic=CLINIC, locale=locale, line=CRISIS_LINES["US"], emergency="911"),
        code_message(Channel.SMS, clinic=CLINIC, code="123456", locale=locale).text,
        confirmation(clinic=CLINIC, phone=PHONE, locale=locale),
    )


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("number", range(len(texts("en"))))
def test_a_standing_text_costs_no_second_alphabet(locale: str, number: int) -> None:
    text = texts(locale)[number].replace("{", "").replace("}", "")

    assert count_segments(text).encoding is Encoding.GSM_7, text
