import pytest

from tests.support.content.catalog import shipped_problems_with_sentence

TELLS = "tells a patient to stop or start a medicine"


@pytest.mark.parametrize(
    "sentence",
    [
        "Stop your blood thinners 2 to 4 days before.",
        "Stop taking\n            blood thinners.",
        "Don't take aspirin.",
        "Do not take ibuprofen for two weeks.",
        "Do not take the ibuprofen.",
        "Never take your aspirin.",
        "No aspirin for a week.",
        "Start your antivirals today.",
        "Stopping your medication is fine.",
        "Please discontinue warfarin.",
        "Do not stop resting; start aspirin.",
        "Please take your tablets at noon.",
        "Hold your anticoagulant for 3 days.",
    ],
)
def test_a_message_may_not_change_a_medicine(sentence: str) -> None:
    assert any(TELLS in problem for problem in shipped_problems_with_sentence(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "Do not stop your tablets.",
        "Never stop, start or skip a prescribed medicine.",
        "Do not ever stop your medicine without asking us.",
        "If the clinic prescribed tablets, take them as it told you.",
        "You can stop resting. Tell us what medicine you take.",
    ],
)
def test_a_message_may_say_whom_to_ask(sentence: str) -> None:
    assert shipped_problems_with_sentence(sentence) == []
