"""A small catalog in two languages whose plan leaves clinics something, and values for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from services.content.domain.overlay_base import OverlayBase, read_overlay_base
from services.content.usecases.check_catalog import Checked, build_release, check
from services.content.usecases.compile_overlay import CompiledOverlay, compile_overlay
from tests.support.content.pack import PLAN, SPANISH, pack

SLUG = "needling-aftercare"
SPANISH_PLAN = f"locales/es/{PLAN}"
FLAGS = "red-flags.yaml"

_PLAN = """\
title: Needling aftercare
summary: What to do.
reviewed_at: 2029-06-01
review_by: 2031-06-01
version: 2
procedures: [needling]
check_in_texts:
  replies:
    green: {subject: "{{ clinic_name }}: thanks", text: "{{ clinic_name }}: thank you."}
    amber:
      subject: "{{ clinic_name }}: thanks"
      text: "{{ clinic_name }}: worse? {{ clinic_phone }}, {{ emergency_number }}."
    red:
      subject: "{{ clinic_name }}: call now"
      text: "{{ clinic_name }}: call {{ clinic_phone }} now, or {{ emergency_number }}."
    unclear:
      subject: "{{ clinic_name }}: thanks"
      text: "{{ clinic_name }}: worse? {{ clinic_phone }}, {{ emergency_number }}."
  nudge: {sms: "{{ clinic_name }}: how are you? {{ check_in_options }}."}
steps:
  - key: day-minus-7-sun
    kind: PREPARE
    title: Sun
    body: [Stay in the shade.]
    day: -7
    at: "10:00"
    useful_for: P2D
    clinics_may: {earliest_day: -14}
    sources: [study]
    messages:
      sms:
        discreet: "{{ clinic_name }}: a week to go."
        detailed: "{{ clinic_name }}: no sun for a week."
  - key: day-0-what-to-expect
    kind: CARE
    title: What to expect
    body:
      - Rest.
      - notice: URGENT
        text: Call at once with a fever.
    after: PT0S
    useful_for: PT24H
    seek_help_if: [INFECTION]
    sources: [study]
    spread: One study.
    messages:
      sms:
        discreet: "{{ clinic_name }}: fever or pus? {{ clinic_phone }}, {{ emergency_number }}."
        detailed: >-
          {{ clinic_name }}: no make-up until {{ end_of("PT24H") }}. Fever or pus?
          {{ clinic_phone }}, {{ emergency_number }}.
      email:
        discreet:
          subject: "{{ clinic_name }}: please rest"
          text: >-
            {{ clinic_name }}: fever or pus? {{ clinic_phone }}, {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
        detailed:
          subject: "{{ clinic_name }}: your needling"
          text: >-
            {{ clinic_name }}: fever or pus? {{ clinic_phone }}, {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
  - key: day-1-make-up
    kind: CARE
    title: Make-up
    body: [Make-up is fine.]
    after: PT24H
    useful_for: P1D
    clinics_may: {latest: PT48H}
    sources: [study]
    spread: One study.
    messages:
      sms:
        discreet: "{{ clinic_name }}: a day has passed. Fever or pus? {{ clinic_phone }}."
        detailed: "{{ clinic_name }}: make-up is fine. Worse? {{ clinic_phone }}."
  - key: day-2-how-is-it-going
    kind: CHECK_IN
    title: How is it going?
    body: [Tell us.]
    after: PT48H
    useful_for: P1D
    sources: [study]
    messages:
      sms:
        discreet: "{{ clinic_name }}: how are you? {{ check_in_options }}."
        detailed: "{{ clinic_name }}: how are you? {{ check_in_options }}."
    check_in:
      question: How are you?
      options:
        - {value: "1", label: better, level: GREEN}
        - {value: "2", label: worse, level: RED}
      nudge_after: PT4H
      close_after: PT24H
  - key: day-30-next-visit
    kind: REBOOK
    purpose: MARKETING
    title: The next visit
    body: [Plan it.]
    day: 30
    at: "11:00"
    useful_for: P7D
    clinics_may: {earliest_day: 28, latest_day: 42, leave_out: true}
    sources: [study]
    spread: One study.
    messages:
      sms:
        discreet: "{{ clinic_name }}: your next visit?"
        detailed: "{{ clinic_name }}: your next needling?"
"""

_SPANISH = """\
title: Cuidados
summary: Lo que hay que hacer.
check_in_texts:
  replies:
    green: {subject: "{{ clinic_name }}: gracias", text: "{{ clinic_name }}: gracias."}
    amber:
      subject: "{{ clinic_name }}: gracias"
      text: "{{ clinic_name }}: ¿peor? {{ clinic_phone }}, {{ emergency_number }}."
    red:
      subject: "{{ clinic_name }}: llame ya"
      text: "{{ clinic_name }}: llame ya al {{ clinic_phone }}, o al {{ emergency_number }}."
    unclear:
      subject: "{{ clinic_name }}: gracias"
      text: "{{ clinic_name }}: ¿peor? {{ clinic_phone }}, {{ emergency_number }}."
  nudge: {sms: "{{ clinic_name }}: ¿qué tal? {{ check_in_options }}."}
steps:
  day-minus-7-sun:
    title: Sol
    body: [Quédese a la sombra.]
    messages:
      sms:
        discreet: "{{ clinic_name }}: falta una semana."
        detailed: "{{ clinic_name }}: una semana sin sol."
  day-0-what-to-expect:
    title: Lo que le espera
    spread: Un estudio.
    body:
      - Descanse.
      - notice: URGENT
        text: Con fiebre, llame ya.
    messages:
      sms:
        discreet: "{{ clinic_name }}: ¿fiebre o pus? {{ clinic_phone }}, {{ emergency_number }}."
        detailed: >-
          {{ clinic_name }}: sin maquillaje hasta {{ end_of("PT24H") }}. ¿Fiebre o pus?
          {{ clinic_phone }}, {{ emergency_number }}.
      email:
        discreet:
          subject: "{{ clinic_name }}: descanse"
          text: >-
            {{ clinic_name }}: ¿fiebre o pus? {{ clinic_phone }}, {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
        detailed:
          subject: "{{ clinic_name }}: su visita"
          text: >-
            {{ clinic_name }}: ¿fiebre o pus? {{ clinic_phone }}, {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
  day-1-make-up:
    title: Maquillaje
    spread: Un estudio.
    body: [Ya puede maquillarse.]
    messages:
      sms:
        discreet: "{{ clinic_name }}: ya ha pasado. ¿Fiebre o pus? {{ clinic_phone }}."
        detailed: "{{ clinic_name }}: ya puede maquillarse. ¿Peor? {{ clinic_phone }}."
  day-2-how-is-it-going:
    title: ¿Qué tal va?
    body: [Cuéntenos.]
    messages:
      sms:
        discreet: "{{ clinic_name }}: ¿qué tal? {{ check_in_options }}."
        detailed: "{{ clinic_name }}: ¿qué tal? {{ check_in_options }}."
    check_in:
      question: ¿Qué tal?
      options:
        "1": {label: mejor}
        "2": {label: peor}
  day-30-next-visit:
    title: La próxima visita
    spread: Un estudio.
    body: [Puede pedirla.]
    messages:
      sms:
        discreet: "{{ clinic_name }}: ¿su nueva visita?"
        detailed: "{{ clinic_name }}: ¿otra visita?"
"""

VALUES = """\
plan: needling-aftercare
version: 2
sender_name: Rowan Clinic
phone: "+12025550188"
hours: {en: "Mon-Fri 9-18", es: "lun-vie 9-18"}
steps:
  day-minus-7-sun: {day: -14}
  day-1-make-up:
    after: PT36H
    messages:
      sms:
        discreet: "{{ clinic_name }}: it is over. Fever or pus? {{ clinic_phone }}."
  day-30-next-visit: {leave_out: true}
locales:
  es:
    steps:
      day-1-make-up:
        messages:
          sms:
            discreet: "{{ clinic_name }}: ya es pasado. ¿Fiebre o pus? {{ clinic_phone }}."
"""
"""A clinic's own values that hold to every rule."""


def overlay_pack(*replacements: tuple[str, str, str]) -> dict[str, str]:
    """The catalog, with texts in its files replaced by others."""
    files = {**pack(), **SPANISH, PLAN: _PLAN, SPANISH_PLAN: _SPANISH}
    files[FLAGS] = files[FLAGS].replace("short:", "signs: {en: [sepsis], es: [sepsis]}\n  short:")
    for path, old, new in replacements:
        assert old in files[path], f"{path} has no {old!r} to replace"
        files[path] = files[path].replace(old, new, 1)
    return files


def base_of(files: Mapping[str, str]) -> OverlayBase:
    checked = check(files, today=None)
    assert isinstance(checked, Checked), checked
    return read_overlay_base(build_release(checked, datetime(2030, 1, 1, tzinfo=UTC)), files)


@cache
def base() -> OverlayBase:
    return base_of(overlay_pack())


def compiled(text: str = VALUES) -> CompiledOverlay:
    """The plan with values that have no fault."""
    overlay = compile_overlay(base(), "rowan.yaml", text, is_new=True)
    assert isinstance(overlay, CompiledOverlay), overlay
    return overlay


def faults(text: str, on: OverlayBase | None = None) -> list[str]:
    """Everything that is wrong with values, as `file:line: what`."""
    overlay = compile_overlay(on or base(), "rowan.yaml", text, is_new=True)
    if isinstance(overlay, CompiledOverlay):
        return []
    return [f"{problem.where}: {problem.what}" for problem in overlay]


def values(old: str, new: str) -> str:
    """The values with one text replaced by another."""
    assert old in VALUES, f"the values have no {old!r} to replace"
    return VALUES.replace(old, new, 1)
