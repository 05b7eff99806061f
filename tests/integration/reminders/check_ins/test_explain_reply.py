import pytest

from services.contracts.replies import ExplainReply, ReplyReading
from services.contracts.words import CheckInLevel
from tests.support.content.catalog import shipped_release
from tests.support.reminders.aftercare import Clinic

PLAN = "microneedling-aftercare"


@pytest.fixture
def asking(clinic: Clinic) -> Clinic:
    """A clinic that follows a shipped plan, which asks."""
    plans = {plan.slug: plan for plan in shipped_release().catalogs["en"].plans}
    clinic.service.source.plans[PLAN] = plans[PLAN]
    return clinic


def explain(clinic: Clinic, text: str, **more: str) -> ReplyReading | None:
    question = ExplainReply(scope=clinic.scope(), text=text, **{"plan": PLAN, **more})
    return clinic.service.ask(question)


def test_a_sign_is_explained(asking: Clinic) -> None:
    reading = explain(asking, "my throat is getting tight")

    assert reading is not None
    assert reading.level is CheckInLevel.RED
    assert any("breathing" in reason for reason in reading.reasons)


def test_an_option_is_named(asking: Clinic) -> None:
    reading = explain(asking, "1", step_key="day-7-one-week")

    assert reading is not None
    assert reading.level is CheckInLevel.GREEN
    assert reading.option is not None
    assert reading.option.label == "all calm"


def test_thanks_are_no_answer(asking: Clinic) -> None:
    reading = explain(asking, "thank you so much")

    assert reading is not None
    assert reading.level is None


def test_a_refusal_is_explained(asking: Clinic) -> None:
    reading = explain(asking, "please stop texting me")

    assert reading is not None
    assert (reading.is_opt_out, reading.may_be_opt_out) == (True, False)


@pytest.mark.parametrize("more", [{"plan": "no-plan"}, {"step_key": "day-99"}])
def test_a_question_that_is_not_there_is_nothing(asking: Clinic, more: dict[str, str]) -> None:
    assert explain(asking, "fine", **more) is None


def test_a_plan_that_asks_nothing_explains_nothing(clinic: Clinic) -> None:
    assert explain(clinic, "fine", plan="peel-care") is None
