"""What is said of a file that is not YAML: the slip itself, not where the parser gave up."""

import pytest

from tests.support.content.pack import PLAN, broken, problems

INDENTATION = "the indentation does not fit that of the lines above"
SLIPS = {
    "a tab for an indentation": (
        ('    at: "09:00"', '\tat: "09:00"'),
        "a tab; indent with spaces",
    ),
    "a key too far to the right": (("    day: -3", "     day: -3"), INDENTATION),
    "a key too far to the left": (("    day: -3", "   day: -3"), INDENTATION),
    "a quote left open": (('at: "09:00"', 'at: "09:00'), "the quote opened here is not closed"),
    "the last quote left open": (
        ('"{{ clinic_name }}: after needling, sport is fine again."', '"after needling.'),
        "the quote opened here is not closed",
    ),
    "a list left open": (("[needling]", "[needling"), "the list opened here by [ goes wrong"),
    "a bracket too many": (("[needling]", "[needling]]"), "a closing bracket too many"),
    "a comma too many": (("[needling]", "[, needling]"), "a bracket or comma too many"),
    "keys in brackets left open": (
        ("seek_help_if: [INFECTION]", "seek_help_if: {INFECTION: yes"),
        "what is opened here by { goes wrong",
    ),
    "a colon in a text": (
        ("title: Sport", "title: Sport: again"),
        "a second colon in one line",
    ),
    "a template without quotes": (
        ('subject: "{{ clinic_name }}: please rest"', "subject: {{ clinic_name }}: please rest"),
        "a second colon in one line",
    ),
    "no colon after a key": (("    day: -3", "    day -3"), "neither `key: value` nor an item"),
    "no space after a colon": (
        ("    day: -3", "    day:-3"),
        "neither `key: value` nor an item",
    ),
    "a quote within quotes": (
        ('"{{ clinic_name }}: your needling"', '"{{ clinic_name }}: your "needling""'),
        "text goes on after its closing quote",
    ),
    "an apostrophe within quotes": (
        ("title: Sport", "title: 'Sport isn't fine'"),
        "text goes on after its closing quote",
    ),
    "a text that begins with a sign": (
        ("title: Sport", "title: @sport"),
        "a text cannot begin with @; put it in quotes",
    ),
    "a text that begins with a star": (
        ("title: Sport", "title: *sport"),
        "a text cannot begin with *; put it in quotes",
    ),
    "a text that begins with an exclamation mark": (
        ("title: Sport", "title: !sport again"),
        "a text cannot begin with !; put it in quotes",
    ),
    "a backslash within quotes": (
        ('at: "09:00"', 'at: "09\\:00"'),
        "a backslash inside double",
    ),
    "a second document": (("steps:", "---\nsteps:"), "`---` begins another document"),
    "a merge left unfinished": (
        ("steps:", "<<<<<<< HEAD\nsteps:"),
        "a merge was left unfinished",
    ),
    "a character that nobody sees": (("title: Sport", "title: Sp\x07ort"), "an invisible char"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_names_the_line_of(name: str) -> None:
    (old, new), expected = SLIPS[name]

    files = broken(PLAN, old, new)
    at = files[PLAN].index(new)
    (problem,) = problems(files)

    assert problem.startswith(f"{PLAN}:{files[PLAN].count(chr(10), 0, at) + 1}: {expected}")


@pytest.mark.parametrize(
    "shared",
    ["sources", "red-flags", "contraindications", "comparison", "glossary", "wording"],
)
def test_a_shared_file_that_cannot_be_read_hides_no_other_fault(shared: str) -> None:
    files = broken(PLAN, "version: 1", "version: 0")
    files[f"{shared}.yaml"] = "a: [b\n"

    reported = problems(files)

    assert [problem.partition(":")[0] for problem in reported] == sorted([f"{shared}.yaml", PLAN])
