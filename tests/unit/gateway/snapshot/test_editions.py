from services.contracts.catalog import EvidenceLevel
from services.gateway.snapshot.listing import by_evidence
from tests.support.gateway.small_catalog import concern, indication, procedure, snapshot_of


def test_serves_the_base_locale_when_none_is_asked_for() -> None:
    assert snapshot_of(procedure("laser")).edition().locale == "en"


def test_a_region_of_a_translated_language_is_no_fallback() -> None:
    edition = snapshot_of(procedure("laser", served_locale="es"), locales=("en", "es"))
    assert not edition.edition("es-MX").procedures["laser"].is_fallback_locale


def test_an_untranslated_entry_says_that_it_is_a_fallback() -> None:
    snapshot = snapshot_of(procedure("laser"), locales=("en", "es"))
    assert snapshot.edition("es").procedures["laser"].is_fallback_locale


def test_an_unknown_locale_is_served_in_the_base_locale_and_keeps_its_name() -> None:
    edition = snapshot_of(procedure("laser")).edition("fr-CA")
    assert (edition.locale, edition.catalog.locale) == ("fr", "en")


def test_asking_for_many_locales_keeps_few_editions() -> None:
    snapshot = snapshot_of(procedure("laser"))
    first = snapshot.edition("aaa")
    for number in range(200):
        snapshot.edition("b" + chr(ord("a") + number % 26) + chr(ord("a") + number // 26))
    assert snapshot.edition("aaa") is not first


def test_variants_know_their_parent_and_the_parent_its_variants() -> None:
    edition = snapshot_of(procedure("laser"), procedure("co2", parent="laser")).edition()
    parent, variant = edition.procedures["laser"], edition.procedures["co2"]
    assert edition.parent_of(variant.entry) is parent
    assert edition.variants_of(parent.entry) == [variant]


def test_an_indication_of_a_concern_that_is_not_there_is_left_out() -> None:
    treating = procedure("laser", treats=(indication("gone", EvidenceLevel.STRONG),))
    edition = snapshot_of(treating).edition()
    assert edition.treats(treating) == []


def test_concerns_and_procedures_keep_the_order_of_their_titles() -> None:
    treats = tuple(indication(slug, EvidenceLevel.LIMITED) for slug in ("scars", "lines"))
    edition = snapshot_of(
        procedure("a", treats=treats),
        procedure("b", treats=treats),
        concerns=(concern("lines"), concern("scars")),
    ).edition()
    treated = edition.treats(edition.procedures["a"].entry)
    treating = edition.treated_by(edition.concerns["scars"].entry)
    assert [indication.concern.entry.slug for indication in treated] == ["lines", "scars"]
    assert [indication.procedure.entry.slug for indication in treating] == ["a", "b"]


def ranked(*levels: EvidenceLevel, minimum: EvidenceLevel | None) -> list[EvidenceLevel]:
    procedures = [
        procedure(f"p{number}", treats=(indication("scars", level),))
        for number, level in enumerate(levels)
    ]
    edition = snapshot_of(*procedures, concerns=(concern("scars"),)).edition()
    treated_by = edition.treated_by(edition.concerns["scars"].entry)
    return [localized.indication.evidence for localized in by_evidence(treated_by, minimum)]


def test_the_best_supported_comes_first() -> None:
    levels = [EvidenceLevel.NOT_ADVISED, EvidenceLevel.LIMITED, EvidenceLevel.STRONG]
    assert ranked(*levels, minimum=None) == levels[::-1]


def test_indications_with_weaker_evidence_are_left_out() -> None:
    levels = [EvidenceLevel.VERY_LIMITED, EvidenceLevel.LIMITED, EvidenceLevel.STRONG]
    assert ranked(*levels, minimum=EvidenceLevel.LIMITED) == levels[:0:-1]
