import pytest

from services.reminders.domain.keywords import Meaning, understand


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", " Stop. ", "STOP!!!", "stop 🙏", "Stop please", "please stop"),
        *("stopall", "STOP ALL", "unsubscribe", "cancel", "end", "quit", "Revoke", "optout"),
        *("opt out", "Opt-Out", "ARRÊT", "arret", "baja", "\uff33\uff34\uff2f\uff30", "stop\n"),
    ],
)
def test_reads_an_opt_out(text: str) -> None:
    assert understand(text) is Meaning.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        *("please don't stop", "STOPP", "can I stop the cream?", "I want to cancel my visit"),
        *("", "   ", "🙂", "the end", "wrong number", "yes", "stop it hurts"),
    ],
)
def test_leaves_everything_else_to_a_person(text: str) -> None:
    assert understand(text) is Meaning.UNREAD


@pytest.mark.parametrize("text", ["START", "unstop", "Start."])
def test_reads_an_opt_in(text: str) -> None:
    assert understand(text) is Meaning.OPT_IN


def test_reads_a_call_for_help() -> None:
    assert understand("Help?") is Meaning.HELP
