"""What a clinician reads of a real change: the patient's day first, no keys, no hashes."""

from datetime import UTC, datetime

from services.content.domain.differences import differences
from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, build_release, check
from services.contracts.catalog import Release
from services.launcher.change_words import change_lines

PLAN = "plans/microneedling-aftercare.yaml"
SPANISH = f"locales/es/{PLAN}"


def released(files: dict[str, str]) -> Release:
    checked = check(files, today=None)
    assert isinstance(checked, Checked), checked
    return build_release(checked, datetime(2030, 1, 1, tzinfo=UTC))


def lines(path: str, old: str, new: str) -> list[str]:
    """What is told of the shipped catalog with one text in one file replaced."""
    files = shipped_files()
    assert old in files[path]
    return compared({**files, path: files[path].replace(old, new, 1)})


def compared(files: dict[str, str]) -> list[str]:
    return list(change_lines(differences(released(shipped_files()), released(files))))


def test_nothing_is_told_of_what_stays() -> None:
    assert compared(shipped_files()) == []


def test_an_interval_is_told_once_for_all_languages_in_words() -> None:
    assert lines(PLAN, "after: PT24H", "after: PT36H") == [
        "Microneedling aftercare (plan microneedling-aftercare)",
        "  Sunscreen from now on, make-up not yet",
        "    due: 24 hours after the procedure → 36 hours after the procedure",
    ]


def test_a_wording_is_told_as_it_was_and_as_it_becomes_in_its_language() -> None:
    shown = lines(PLAN, "From now on please stay out of", "From now on please keep out of")

    assert shown[2] == "    text message, discreet (en)"
    assert "please stay out of" in shown[3]
    assert "please keep out of" in shown[4]
    assert len(shown) == 5


def test_a_red_flag_that_is_new_is_told_by_its_words() -> None:
    shown = lines(PLAN, "seek_help_if: [PIGMENT", "seek_help_if: [SCARRING, PIGMENT")

    assert shown[2].startswith("    new: red flag: Skin that, after healing began")


def test_a_step_that_is_gone_is_one_line() -> None:
    files = shipped_files()
    files[PLAN] = _without(files[PLAN], "  - key: day-14-sun", "  - key: day-28-review")
    files[SPANISH] = _without(files[SPANISH], "  day-14-sun:", "  day-28-review:")

    assert compared(files)[1:] == ["  gone: step: Keep up the sunscreen"]


def test_what_patients_notice_comes_before_what_only_readers_do() -> None:
    files = shipped_files()
    for old, new in (("spread: Clinics ask", "spread: Some ask"), ('at: "10:00"', 'at: "09:00"')):
        files[PLAN] = files[PLAN].replace(old, new, 1)

    shown = compared(files)

    assert shown[2] == "    due at: 10:00 → 09:00"
    assert shown[3].startswith("    what sources say (en)")


def _without(text: str, first: str, following: str) -> str:
    return text[: text.index(first)] + text[text.index(following) :]
