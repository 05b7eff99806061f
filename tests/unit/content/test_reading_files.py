from datetime import date

from tests.support.content.pack import PLAN, TODAY, broken, pack, problems


def test_names_a_file_that_no_catalog_has() -> None:
    (problem,) = problems({**pack(), "procedures/Needling_2.yaml": "title: x\n"})

    assert problem.startswith(
        "procedures/Needling_2.yaml:1: no name for an entry; use lower-case letters"
    )


def test_names_a_shared_file_that_is_missing() -> None:
    files = pack()
    del files["glossary.yaml"]

    assert problems(files) == ["glossary.yaml:1: the file is missing; add it"]


def test_tells_every_problem_at_once_in_the_order_of_files_and_lines() -> None:
    files = broken(PLAN, "version: 1", "version: one")
    files["red-flags.yaml"] = files["red-flags.yaml"].replace("URGENT", "URGENTLY")

    assert [problem.split(" ", 1)[0] for problem in problems(files)] == [
        "plans/needling-aftercare.yaml:5:",
        "red-flags.yaml:5:",
    ]


def test_refuses_what_is_nested_too_deeply() -> None:
    (problem,) = problems({**pack(), "concerns/lines.yaml": "- " * 3000 + "x"})

    assert "nested too deeply" in problem


def test_refuses_an_empty_file() -> None:
    (problem,) = problems({**pack(), "concerns/lines.yaml": "# nothing yet\n"})

    assert problem.startswith("concerns/lines.yaml:1: the file is empty")


def test_keeps_scalars_as_they_are_written() -> None:
    files = broken("concerns/scars.yaml", "aliases: [pockmarks]", "aliases: [no, 10:30, 1.10]")

    assert problems(files) == []


def test_does_not_judge_reviews_without_a_day() -> None:
    assert problems(pack(), today=None) == []


def test_a_review_is_in_time_on_its_last_day() -> None:
    last_day = date(2031, 6, 1)

    assert last_day > TODAY
    assert problems(pack(), today=last_day) == []
