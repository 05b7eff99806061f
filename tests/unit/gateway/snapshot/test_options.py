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
from tests.support.catalog import shipped_release
from tests.support.small_catalog import concern, days, indication, procedure, snapshot_of

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
    return procedure_options(edition, needs or known())


def known(**more: object) -> Needs:
    given = {"concerns": ("scars",), "skin_type": SkinType.II, "conditions": NOTHING_APPLIES}
    return Needs(**{**given, **more})  # type: ignore[arg-type]  # each test names what it changes


def standings(found: list[Option]) -> list[Standing]:
    return [each.standing for each in found]


def test_what_nothing_speaks_against_is_a_yes() -> None:
    assert standings(options(treating("a"))) == [Standing.YES]


@pytest.mark.parametrize("missing", [{"skin_type": None}, {"conditions": None}])
def test_what_is_not_known_of_a_person_lowers_a_yes(missing: dict[str, None]) -> None:
    assert standings(options(treating("a"), needs=known(**missing))) == [Standing.ASK_CLINICIAN]


def test_an_exclusion_is_told_last_and_never_hidden() -> None:
    excluded = treating(
        "a", EvidenceLevel.STRONG, contraindications=(against("PREGNANCY", Standing.NO),)
    )
    weaker = treating(
        "b", EvidenceLevel.LIMITED, contraindications=(against("PREGNANCY", Standing.WITH_CARE),)
    )
    found = options(excluded, weaker, needs=known(conditions=frozenset({"PREGNANCY"})))

    assert [each.procedure.entry.slug for each in found] == ["b", "a"]
    assert standings(found) == [Standing.WITH_CARE, Standing.NO]


def test_a_condition_that_no_source_speaks_of_is_for_a_clinician() -> None:
    found = options(treating("a"), needs=known(conditions=frozenset({"TAN"})))

    assert standings(found) == [Standing.ASK_CLINICIAN]


def test_a_contraindication_that_does_not_apply_changes_nothing() -> None:
    careful = treating("a", contraindications=(against("PREGNANCY", Standing.NO),))

    assert standings(options(careful)) == [Standing.YES]


def test_a_skin_type_that_is_not_told_of_is_for_a_clinician() -> None:
    found = options(treating("a"), needs=known(skin_type=SkinType.VI))

    assert standings(found) == [Standing.ASK_CLINICIAN]


def test_what_is_advised_against_for_all_that_is_asked_is_a_no() -> None:
    assert standings(options(treating("a", EvidenceLevel.NOT_ADVISED))) == [Standing.NO]


def test_stronger_evidence_comes_first() -> None:
    found = options(treating("a", EvidenceLevel.LIMITED), treating("b", EvidenceLevel.STRONG))

    assert [each.procedure.entry.slug for each in found] == ["b", "a"]


def test_of_what_fits_equally_well_the_less_invasive_comes_first() -> None:
    found = options(
        treating("a", profile={"invasiveness": 9}), treating("b", profile={"invasiveness": 2})
    )

    assert [each.procedure.entry.slug for each in found] == ["b", "a"]


def test_one_concern_of_two_is_half_the_score() -> None:
    one = options(treating("a"))[0].score
    both = options(treating("a"), needs=known(concerns=("scars", "lines")))[0].score

    assert both == one / 2


def test_what_is_usual_is_never_told_as_the_most() -> None:
    slow = treating("slow", downtime=days(8.5, 14, None))
    [found] = options(slow, needs=known(max_downtime_days=14))

    assert found.reasons[-1].text == "Downtime: at least 8.5 days, typically 14 days."


def test_the_longest_downtime_counts_against_a_wish() -> None:
    quick, slow = treating("quick"), treating("slow", downtime=days(1, 3, 9))
    found = options(quick, slow, needs=known(max_downtime_days=5))
    reasons = {each.procedure.entry.slug: each.reasons[-1] for each in found}

    assert "9 days" in reasons["slow"].text
    assert "not known" in reasons["quick"].text
    assert [each.procedure.entry.slug for each in found] == ["quick", "slow"]


def test_a_wish_for_one_day_is_one_day() -> None:
    [found] = options(treating("slow", downtime=days(1, 3, 2.5)), needs=known(max_downtime_days=1))

    assert found.reasons[-1].text == "Downtime can take 2.5 days; you have 1 day."


def test_broader_entries_stand_aside_for_their_variants() -> None:
    found = options(treating("laser"), treating("co2-laser", parent="laser"))

    assert [each.procedure.entry.slug for each in found] == ["co2-laser"]


@pytest.mark.parametrize(
    "needs", [known(concerns=("boredom",)), known(conditions=frozenset({"HICCUPS"}))]
)
def test_what_the_catalog_does_not_know_is_refused(needs: Needs) -> None:
    with pytest.raises(UnknownCodes, match=r"boredom|HICCUPS"):
        options(treating("a"), needs=needs)


def test_reasons_name_their_sources() -> None:
    careful = treating("a", contraindications=(against("PREGNANCY", Standing.NO),))
    (found,) = options(careful, needs=known(conditions=frozenset({"PREGNANCY"})))
    (reason,) = [each for each in found.reasons if "Pregnancy" in each.text]

    assert (reason.favorable, reason.sources) == (False, (SOURCE,))


def test_reasons_are_told_in_the_language_of_the_catalog() -> None:
    edition = snapshot_of(
        treating("a"), concerns=(concern("scars"),), locales=("en", "es")
    ).edition("es")

    assert "pruebas moderadas" in procedure_options(edition, known())[0].reasons[0].text


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
    found = procedure_options(_SHIPPED, needs)
    order = list(Standing)

    assert found == procedure_options(_SHIPPED, needs)
    assert [order.index(s) for s in standings(found)] == sorted(
        order.index(s) for s in standings(found)
    )
    for option in found:
        assert option.reasons
        assert 0 <= option.score <= 1
        assert option.standing in (Standing.ASK_CLINICIAN, Standing.NO) or (
            skin_type is not None and conditions is not None
        )
        banned = {c.code for c in option.procedure.entry.contraindications if c.standing == "NO"}
        assert option.standing is Standing.NO or not banned & (conditions or frozenset())
