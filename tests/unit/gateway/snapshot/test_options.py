from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.catalog import (
    Contraindication,
    ContraindicationTerm,
    EvidenceLevel,
    Procedure,
    SkinType,
    SkinTypeSuitability,
    Source,
    Standing,
)
from services.gateway.snapshot.options import (
    Needs,
    Option,
    UnknownCodes,
    procedure_options,
)
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.content.catalog import shipped_release
from tests.support.gateway.small_catalog import concern, days, indication, procedure, snapshot_of

SOURCE = Source(key="s", title="A study", grade="A")
NOTHING_APPLIES: frozenset[str] = frozenset()


def treating(
    slug: str,
    evidence: EvidenceLevel = EvidenceLevel.MODERATE,
    **more: Any,
) -> Procedure:
    suits = (SkinTypeSuitability(skin_type=SkinType.II, standing=Standing.YES),)
    return procedure(
        slug, **{"treats": (indication("scars", evidence),), "suitability": suits, **more}
    )


def against(code: str, standing: Standing) -> Contraindication:
    return Contraindication(code=code, label=code.title(), standing=standing, sources=(SOURCE,))


def options(*procedures: Procedure, needs: Needs | None = None) -> list[Option]:
    terms = (
        ContraindicationTerm(code="PREGNANCY", label="Pregnancy", question="?"),
        ContraindicationTerm(code="TAN", label="Tan", question="?"),
    )
    edition = snapshot_of(
        *procedures, concerns=(concern("scars"), concern("lines")), contraindications=terms
    ).edition()
    return procedure_options(edition, needs or needs_of())


def needs_of(**more: object) -> Needs:
    usual = {"concerns": ("scars",), "skin_type": SkinType.II, "conditions": NOTHING_APPLIES}
    return Needs(**{**usual, **more})  # type: ignore[arg-type]  # each test names what it changes


def standings(options: list[Option]) -> list[Standing]:
    return [option.standing for option in options]


def slugs(options: list[Option]) -> list[str]:
    return [option.procedure.entry.slug for option in options]


def test_without_a_contraindication_the_standing_is_yes() -> None:
    assert standings(options(treating("a"))) == [Standing.YES]


@pytest.mark.parametrize("missing", [{"skin_type": None}, {"conditions": None}])
def test_missing_facts_about_a_person_lower_a_yes(missing: dict[str, None]) -> None:
    assert standings(options(treating("a"), needs=needs_of(**missing))) == [Standing.ASK_CLINICIAN]


def test_an_excluded_procedure_is_listed_last_and_never_hidden() -> None:
    excluded = treating(
        "a", EvidenceLevel.STRONG, contraindications=(against("PREGNANCY", Standing.NO),)
    )
    weaker = treating(
        "b", EvidenceLevel.LIMITED, contraindications=(against("PREGNANCY", Standing.WITH_CARE),)
    )
    ranked = options(excluded, weaker, needs=needs_of(conditions=frozenset({"PREGNANCY"})))

    assert slugs(ranked) == ["b", "a"]
    assert standings(ranked) == [Standing.WITH_CARE, Standing.NO]


def test_a_condition_that_no_source_speaks_of_is_for_a_clinician() -> None:
    ranked = options(treating("a"), needs=needs_of(conditions=frozenset({"TAN"})))

    assert standings(ranked) == [Standing.ASK_CLINICIAN]


def test_a_contraindication_that_does_not_apply_changes_nothing() -> None:
    careful = treating("a", contraindications=(against("PREGNANCY", Standing.NO),))

    assert standings(options(careful)) == [Standing.YES]


def test_a_skin_type_that_no_source_mentions_is_for_a_clinician() -> None:
    ranked = options(treating("a"), needs=needs_of(skin_type=SkinType.VI))

    assert standings(ranked) == [Standing.ASK_CLINICIAN]


def test_a_procedure_advised_against_for_all_concerns_is_a_no() -> None:
    assert standings(options(treating("a", EvidenceLevel.NOT_ADVISED))) == [Standing.NO]


def test_stronger_evidence_comes_first() -> None:
    ranked = options(treating("a", EvidenceLevel.LIMITED), treating("b", EvidenceLevel.STRONG))

    assert slugs(ranked) == ["b", "a"]


def test_of_equal_options_the_less_invasive_comes_first() -> None:
    ranked = options(
        treating("a", profile={"invasiveness": 9}), treating("b", profile={"invasiveness": 2})
    )

    assert slugs(ranked) == ["b", "a"]


def test_one_concern_of_two_is_half_the_score() -> None:
    single = options(treating("a"))[0].score
    both = options(treating("a"), needs=needs_of(concerns=("scars", "lines")))[0].score

    assert both == single / 2


def test_the_typical_figure_is_never_shown_as_the_highest() -> None:
    slow = treating("slow", downtime=days(8.5, 14, None))
    [option] = options(slow, needs=needs_of(max_downtime_days=14))

    assert option.reasons[-1].text == "Downtime: at least 8.5 days, typically 14 days."


def test_the_longest_downtime_counts_against_a_wish() -> None:
    quick, slow = treating("quick"), treating("slow", downtime=days(1, 3, 9))
    ranked = options(quick, slow, needs=needs_of(max_downtime_days=5))
    reasons = {option.procedure.entry.slug: option.reasons[-1] for option in ranked}

    assert "9 days" in reasons["slow"].text
    assert "not known" in reasons["quick"].text
    assert slugs(ranked) == ["quick", "slow"]


def test_a_wish_for_one_day_is_one_day() -> None:
    [option] = options(
        treating("slow", downtime=days(1, 3, 2.5)), needs=needs_of(max_downtime_days=1)
    )

    assert option.reasons[-1].text == "Downtime can take 2.5 days; you have 1 day."


def test_broader_entries_are_left_out_for_their_variants() -> None:
    ranked = options(treating("laser"), treating("co2-laser", parent="laser"))

    assert slugs(ranked) == ["co2-laser"]


@pytest.mark.parametrize(
    "needs", [needs_of(concerns=("boredom",)), needs_of(conditions=frozenset({"HICCUPS"}))]
)
def test_codes_that_the_catalog_does_not_have_are_refused(needs: Needs) -> None:
    with pytest.raises(UnknownCodes, match=r"boredom|HICCUPS"):
        options(treating("a"), needs=needs)


def test_reasons_name_their_sources() -> None:
    careful = treating("a", contraindications=(against("PREGNANCY", Standing.NO),))
    (option,) = options(careful, needs=needs_of(conditions=frozenset({"PREGNANCY"})))
    (reason,) = [reason for reason in option.reasons if "Pregnancy" in reason.text]

    assert (reason.favorable, reason.sources) == (False, (SOURCE,))


def test_reasons_are_written_in_the_language_of_the_catalog() -> None:
    edition = snapshot_of(
        treating("a"), concerns=(concern("scars"),), locales=("en", "es")
    ).edition("es")

    assert "pruebas moderadas" in procedure_options(edition, needs_of())[0].reasons[0].text


_SHIPPED = Snapshot(shipped_release()).edition()


@given(
    concerns=some.lists(some.sampled_from(sorted(_SHIPPED.concerns)), min_size=1, max_size=4),
    skin_type=some.none() | some.sampled_from(SkinType),
    conditions=some.none()
    | some.frozensets(some.sampled_from([t.code for t in _SHIPPED.catalog.contraindications])),
    days_free=some.none() | some.integers(0, 60),
)
def test_for_any_needs_it_is_cautious_explained_and_in_one_order(
    concerns: list[str],
    skin_type: SkinType | None,
    conditions: frozenset[str] | None,
    days_free: int | None,
) -> None:
    needs = Needs(
        concerns=tuple(dict.fromkeys(concerns)),
        skin_type=skin_type,
        conditions=conditions,
        max_downtime_days=days_free,
    )
    ranked = procedure_options(_SHIPPED, needs)
    order = list(Standing)

    assert ranked == procedure_options(_SHIPPED, needs)
    assert [order.index(standing) for standing in standings(ranked)] == sorted(
        order.index(standing) for standing in standings(ranked)
    )
    for option in ranked:
        assert option.reasons
        assert 0 <= option.score <= 1
        assert option.standing in (Standing.ASK_CLINICIAN, Standing.NO) or (
            skin_type is not None and conditions is not None
        )
        banned = {c.code for c in option.procedure.entry.contraindications if c.standing == "NO"}
        assert option.standing is Standing.NO or not banned & (conditions or frozenset())
