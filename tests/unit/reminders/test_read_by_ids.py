"""Questions for rows by their ids, which a handler reads together."""

from typing import Any, cast

from services.contracts.reminders import Scope
from services.contracts.replies import GetTasks
from services.contracts.words import Mode, Role
from services.reminders.handlers import by_ids


def test_each_question_gets_its_rows_in_order_and_none_for_a_missing_one() -> None:
    ours, theirs = (
        Scope(clinic_id=clinic_id, mode=Mode.LIVE, role=Role.STAFF, actor="robin")
        for clinic_id in (1, 2)
    )
    asks = [GetTasks(scope=ours, ids=(2, 3, 1)), GetTasks(scope=theirs, ids=(1,))]
    answer = by_ids(lambda _, keys: {key: (key.clinic_id, key.id) for key in keys if key.id < 3})

    assert answer(cast("Any", None), asks) == [((1, 2), None, (1, 1)), ((2, 1),)]
