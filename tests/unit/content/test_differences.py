from datetime import UTC, datetime

import msgspec

from services.content.domain.differences import differences
from services.content.usecases.check_catalog import Checked, build_release, check
from services.contracts.catalog import Release
from services.contracts.content import Change
from tests.support.content.pack import PLAN, broken, pack


def released(files: dict[str, str]) -> Release:
    checked = check(files, today=None)
    assert isinstance(checked, Checked), checked
    return build_release(checked, datetime(2030, 1, 1, tzinfo=UTC))


def changes(files: dict[str, str]) -> list[Change]:
    return list(differences(released(pack()), released(files)))


def summary(change: Change) -> tuple[str, str, str | None, str | None]:
    return change.slug, change.path, change.was, change.becomes


def test_nothing_differs_from_itself() -> None:
    assert changes(pack()) == []


def test_a_step_that_moves_is_named_by_its_key() -> None:
    (change,) = changes(broken(PLAN, '"10:00"', '"11:00"'))

    assert summary(change) == ("needling-aftercare", "steps[day-3-sport].at", "10:00", "11:00")


def test_a_text_is_told_as_it_was_and_as_it_becomes() -> None:
    listed = changes(broken(PLAN, "name }}: sport is fine again", "name }}: sport is fine now"))

    assert summary(listed[0]) == (
        "needling-aftercare",
        "steps[day-3-sport].messages.SMS.discreet.text",
        "{{ clinic_name }}: sport is fine again.",
        "{{ clinic_name }}: sport is fine now.",
    )


def test_what_is_new_has_not_been_and_what_is_gone_does_not_become() -> None:
    more = broken("glossary.yaml", "- term: Dermis", "- term: Epidermis")

    assert [(c.kind, c.path, c.was is None, c.becomes is None) for c in changes(more)] == [
        ("glossary", "[Epidermis]", True, False),
        ("glossary", "[Dermis]", False, True),
    ]


def test_plans_are_told_before_anything_else() -> None:
    files = broken(PLAN, '"10:00"', '"11:00"') | {
        "comparison.yaml": pack()["comparison.yaml"].replace("Ask a clinician.", "Ask somebody.")
    }

    assert [change.kind for change in changes(files)] == ["plan", "guidance"]


def test_a_locale_that_is_dropped_is_gone_whole() -> None:
    before = released(pack())
    without = msgspec.structs.replace(before, catalogs={})

    assert all(change.becomes is None for change in differences(before, without))
    assert differences(before, without)


def test_a_paragraph_is_told_once_though_it_is_kept_as_markdown_and_as_text() -> None:
    (change,) = changes(broken(PLAN, "body: [Rest.]", "body: [Rest well.]"))

    assert (change.was, change.becomes) == ("Rest.", "Rest well.")
