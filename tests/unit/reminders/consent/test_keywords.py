import pytest

from services.reading.refusals import Refusal
from services.reminders.consent.domain.keywords import Meaning, is_one_of, keyword
from tests.support.reading_rules import reply_reader


def refusal(text: str, countries: list[str] | None = None) -> Refusal:
    return reply_reader().read(text, countries=countries or []).refusal


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", " Stop. ", "STOP!!!", "stop 🙏", "Stop please", "please stop"),
        *("stopall", "STOP ALL", "unsubscribe", "cancel", "end", "quit", "Revoke", "optout", "TD"),
        *("opt out", "Opt-Out", "ARRÊT", "arret", "arre\u0302t", "baja", "baja por favor"),
        *("\uff33\uff34\uff2f\uff30", "stop\n", "STOPP", "ストップ", "停止。", "退订"),
    ],
)
def test_reads_an_opt_out(text: str) -> None:
    assert refusal(text) is Refusal.OPT_OUT


@pytest.mark.parametrize(
    ("text", "country"),
    [("alto", "MX"), ("Sair", "BR"), ("afmelden", "NL"), ("annulla", "IT")],
)
def test_reads_the_words_of_the_clinics_country(text: str, country: str) -> None:
    assert refusal(text, [country]) is Refusal.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        *("please don't stop", "Please don’t stop texting me", "can I stop the cream?"),
        *("I want to cancel my visit", "when does it stop", "", "   ", "🙂", "the end", "no"),
    ],
)
def test_leaves_everything_else_to_a_person(text: str) -> None:
    assert (refusal(text), keyword(text)) == (Refusal.NONE, None)


@pytest.mark.parametrize(
    "text",
    [
        *("please don't text me anymore", "take me off your list", "wrong number"),
        *("Stop texting me!!", "I'd like to opt out of this", "No más mensajes"),
    ],
)
def test_reads_a_refusal_in_other_words(text: str) -> None:
    assert refusal(text) is not Refusal.NONE


@pytest.mark.parametrize("text", ["START", "unstop", "Start."])
def test_reads_an_opt_in(text: str) -> None:
    assert keyword(text) is Meaning.OPT_IN


@pytest.mark.parametrize("text", ["yes", "YES", "Sí", "ok"])
def test_an_answer_of_yes_is_no_opt_in(text: str) -> None:
    assert keyword(text) is None


@pytest.mark.parametrize("text", ["Help?", "HELP", "Ayuda", "info", "Hilfe!"])
def test_reads_a_call_for_help(text: str) -> None:
    assert keyword(text) is Meaning.HELP


@pytest.mark.parametrize("text", ["help me", "I need help", "start again"])
def test_a_keyword_among_other_words_is_none(text: str) -> None:
    assert keyword(text) is None


@pytest.mark.parametrize("text", ["Raus!", "no más", "NO MAS 🙏"])
def test_an_operators_own_keyword_is_the_whole_text(text: str) -> None:
    assert is_one_of(text, ("raus", "no mas"))


@pytest.mark.parametrize("text", ["", "🙏", "komm raus", "no mas dolor"])
def test_other_texts_are_no_keyword_of_the_operator(text: str) -> None:
    assert not is_one_of(text, ("raus", "no mas", ""))


@pytest.mark.parametrize(
    "word",
    [
        *("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"),  # US rules
        *("STOPALL", "OPTOUT"),  # Twilio
        *("ARRET", "OPT-OUT", "REMOVE", "TD"),  # AWS
    ],
)
@pytest.mark.parametrize("around", ["{}", " {}. ", "{}!!", "«{}»", "{} 🙏", "please {}"])
def test_every_word_that_rules_and_providers_name_ends_messages(word: str, around: str) -> None:
    for written in (word.upper(), word.lower(), word.capitalize()):
        assert refusal(around.format(written)) is Refusal.OPT_OUT
