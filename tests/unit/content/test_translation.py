from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import LocalizedCatalog
from tests.support.content.pack import PLAN, PROCEDURE, SPANISH, pack, problems

CONCERN = {"locales/es/concerns/scars.yaml": "title: Cicatrices\nsummary: Marcas.\naliases: []\n"}


def spanish(files: dict[str, str]) -> LocalizedCatalog:
    checked = check(files, today=None)
    assert isinstance(checked, Checked), checked
    return checked.catalogs["es"]


def test_shows_a_page_in_the_locales_words() -> None:
    (concern,) = spanish({**pack(), **SPANISH, **CONCERN}).concerns

    assert (concern.title, concern.served_locale) == ("Cicatrices", "es")


def test_keeps_what_is_not_text_from_the_base_file() -> None:
    (flag,) = spanish({**pack(), **SPANISH}).procedures[0].red_flags

    assert (flag.label, flag.severity.value) == ("Fiebre o pus", "URGENT")


def test_falls_back_to_the_base_locale_and_says_so() -> None:
    (concern,) = spanish({**pack(), **SPANISH}).concerns

    assert (concern.title, concern.served_locale) == ("Scars", "en")


def test_translates_an_entry_of_a_list_by_its_number() -> None:
    (verdict,) = spanish({**pack(), **SPANISH}).verdicts

    assert verdict.text == "Llega más hondo."


def test_says_what_a_translated_page_leaves_out() -> None:
    half = {"locales/es/concerns/scars.yaml": "title: Cicatrices\naliases: []\n"}

    assert problems({**pack(), **SPANISH, **half}) == [
        "locales/es/concerns/scars.yaml:1: summary is not translated; add it"
    ]


def test_lets_a_translation_replace_nothing_but_text() -> None:
    dated = {
        "locales/es/concerns/scars.yaml": CONCERN["locales/es/concerns/scars.yaml"]
        + "review_by: 2040-01-01\n"
    }

    (problem,) = problems({**pack(), **SPANISH, **dated})

    assert problem.startswith("locales/es/concerns/scars.yaml:4: a translation replaces texts only")


def test_names_a_key_that_the_base_file_does_not_have() -> None:
    odd = {
        "locales/es/concerns/scars.yaml": CONCERN["locales/es/concerns/scars.yaml"]
        + "titel: Cicatrices\n"
    }

    (problem,) = problems({**pack(), **SPANISH, **odd})

    assert problem.startswith("locales/es/concerns/scars.yaml:4: the base file has no 'titel'")


def test_names_a_translation_of_nothing() -> None:
    stray = {"locales/es/concerns/lines.yaml": "title: Líneas\n"}

    (problem,) = problems({**pack(), **SPANISH, **stray})

    assert "translates concerns/lines.yaml, which is not there" in problem


def test_wants_what_is_shared_translated_first() -> None:
    missing = {path: text for path, text in SPANISH.items() if "red-flags" not in path}

    (problem,) = problems({**pack(), **missing})

    assert problem.startswith("locales/es/red-flags.yaml:1: the file is missing")


def test_finds_a_procedure_named_in_another_locales_words() -> None:
    named = {
        PROCEDURE: pack()[PROCEDURE],
        "locales/es/procedures/needling.yaml": """\
title: Punción
summary: Palabras.
aliases: [sport]
mechanism: {body: [Funciona.]}
profile: {performed_by: {text: Una profesional}}
""",
    }

    reported = problems({**pack(), **SPANISH, **named})

    assert [problem.split(": ", 1)[1].split(";")[0] for problem in reported] == [
        "'sport' gives a discreet message away"
    ]
    assert reported[0].startswith(PLAN)


def test_tells_a_fault_of_the_base_file_once_for_all_locales() -> None:
    files = {**pack(), **SPANISH}
    files[PROCEDURE] = files[PROCEDURE].replace("value: 4", "value: 11")

    assert len(problems(files)) == 1
