import pytest

from services.reminders.consent.domain.keywords import Meaning, understand
from services.reminders.consent.domain.reply_words import WORDS


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
    assert understand(text) is Meaning.OPT_OUT


@pytest.mark.parametrize(
    ("text", "country"),
    [("alto", "MX"), ("Sair", "BR"), ("T", "CN"), ("afmelden", "NL"), ("annulla", "IT")],
)
def test_reads_the_words_of_the_clinics_country(text: str, country: str) -> None:
    assert understand(text, [country]) is Meaning.OPT_OUT
    assert understand(text, ["GB"]) is Meaning.UNREAD


@pytest.mark.parametrize(
    "text",
    [
        *("please don't stop", "Please don’t stop texting me", "can I stop the cream?"),
        *("I want to cancel my visit", "when does it stop", "", "   ", "🙂", "the end", "no"),
    ],
)
def test_leaves_everything_else_to_a_person(text: str) -> None:
    assert understand(text) is Meaning.UNREAD


@pytest.mark.parametrize(
    "text",
    [
        *("please don't text me anymore", "take me off your list", "wrong number"),
        *("Stop texting me!!", "stop it hurts", "I'd like to opt out of this", "No más mensajes"),
    ],
)
def test_holds_what_may_be_an_opt_out(text: str) -> None:
    assert understand(text) is Meaning.MAYBE_OPT_OUT


@pytest.mark.parametrize("text", ["START", "unstop", "Start."])
def test_reads_an_opt_in(text: str) -> None:
    assert understand(text) is Meaning.OPT_IN


@pytest.mark.parametrize("text", ["yes", "YES", "Sí", "ok"])
def test_an_answer_of_yes_is_no_opt_in(text: str) -> None:
    assert understand(text) is Meaning.UNREAD


def test_reads_a_call_for_help() -> None:
    assert understand("Help?") is Meaning.HELP


@pytest.mark.parametrize("words", WORDS, ids=lambda words: f"{words.language}-{words.opt_out[0]}")
def test_every_word_is_written_as_it_is_looked_up(words: object) -> None:
    countries = getattr(words, "countries", None) or ()
    for word in getattr(words, "opt_out", ()):
        assert understand(word, countries) is Meaning.OPT_OUT


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
        assert understand(around.format(written)) is Meaning.OPT_OUT
