"""Every rule that a catalog must keep."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Final

from services.content.domain.faults import Fault
from services.content.domain.reading import Reading
from services.content.domain.rules import (
    check_ins,
    freedom,
    pages,
    references,
    safety,
    timing,
    wording,
)
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import SourceCatalog

RULES: Final[tuple[Callable[[Locale], Faults], ...]] = (
    references.claims_name_sources,
    references.grades_can_be_relied_on,
    references.references_exist,
    references.names_are_used_once,
    references.search_names_are_unambiguous,
    references.parents_do_not_circle,
    references.verdicts_compare,
    pages.ranges_are_in_order,
    pages.scales_are_kept,
    pages.prices_are_plausible,
    pages.review_dates_are_in_order,
    pages.markdown_is_harmless,
    timing.steps_have_one_due_time,
    timing.durations_can_be_read,
    timing.local_times_are_civil,
    timing.keys_start_with_their_day,
    timing.preparation_comes_before,
    timing.purposes_match_kinds,
    timing.intervals_tell_their_spread,
    timing.versions_count_from_one,
    *freedom.RULES,
    safety.plans_tell_when_to_call,
    safety.day_0_messages_are_complete,
    safety.conditions_are_decided_on,
    safety.conditions_are_asked_again,
    check_ins.check_ins_ask,
    check_ins.answers_are_distinct,
    check_ins.check_ins_close_after_asking_again,
    check_ins.texts_are_read_in_time,
    check_ins.check_ins_show_how_to_answer,
    check_ins.silence_is_asked_again,
    check_ins.answers_tell_whom_to_call,
    check_ins.questions_are_discreet,
    check_ins.signs_are_watched,
    check_ins.signs_are_words,
    check_ins.no_sign_means_well,
    wording.steps_speak_to_whom_they_should,
    wording.templates_can_be_filled_in,
    wording.messages_say_who_writes,
    wording.hours_may_be_unknown,
    wording.budgets_are_modest,
    wording.texts_fit_their_budget,
    wording.discreet_messages_reveal_nothing,
    wording.texts_stop_no_medicine,
    wording.texts_name_no_dose,
    wording.nobody_numbs_at_home,
    wording.care_does_not_advertise,
    wording.wording_lists_are_filled,
)


def broken_rules(
    readings: Mapping[str, Reading], today: date | None
) -> Iterator[tuple[Reading, Fault]]:
    """Find every fault of every locale, wrong shapes first; `today` is needed to judge reviews."""
    terms = revealing_terms([reading.catalog for reading in readings.values()])
    for reading in readings.values():
        yield from ((reading, fault) for fault in reading.faults)
        locale = Locale(reading.catalog, reading.documents, *terms)
        for rule in RULES:
            yield from ((reading, fault) for fault in rule(locale))
        if today:
            yield from ((reading, fault) for fault in pages.reviews_are_in_time(locale, today))


def revealing_terms(catalogs: Collection[SourceCatalog]) -> tuple[frozenset[str], frozenset[str]]:
    """Collect what reveals a treatment in any locale: names of entries, and revealing words."""
    names = frozenset(chain.from_iterable(map(_names, catalogs)))
    return names, frozenset(word for catalog in catalogs for word in catalog.wording.revealing)


def _names(catalog: SourceCatalog) -> Iterator[str]:
    for procedure in catalog.procedures.values():
        yield procedure.title
        yield from procedure.aliases
        yield from procedure.misspellings
    for concern in catalog.concerns.values():
        yield concern.title
        yield from concern.aliases
