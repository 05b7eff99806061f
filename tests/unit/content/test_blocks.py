import pytest

from services.content.domain.blocks import blocks, unwrapped
from services.content.domain.source import ChecklistSource, NoticeSource
from services.contracts.catalog import Severity


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("one\nline", "one line"),
        ("first\n\nsecond\n", "first\n\nsecond"),
        ("call for\n- fever\n  or pus\n- pain", "call for\n- fever or pus\n- pain"),
    ],
)
def test_sends_each_paragraph_and_item_on_one_line(written: str, sent: str) -> None:
    assert unwrapped(written) == sent


def test_the_text_of_a_checklist_is_complete() -> None:
    (block,) = blocks((ChecklistSource(checklist="Call for", items=("fever", "pus")),))

    assert block.text == "Call for\n- fever\n- pus"


def test_the_text_of_a_notice_has_no_marks() -> None:
    (block,) = blocks((NoticeSource(notice=Severity.URGENT, text="Call **now**."),))

    assert block.text == "Call now."
