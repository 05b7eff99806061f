"""A small catalog without a fault, for tests that break it in one place."""

from datetime import date

from services.content.usecases.check_catalog import Checked, check

TODAY = date(2030, 1, 1)

_SHARED = {
    "sources.yaml": """\
study:
  title: A study
  grade: A
""",
    "red-flags.yaml": """\
INFECTION:
  label: Fever or pus
  action: Call the clinic.
  short: fever or pus
  severity: URGENT
  is_emergency: false
  sources: [study]
""",
    "contraindications.yaml": """\
PREGNANCY:
  label: Pregnancy
  question: Are you pregnant?
""",
    "comparison.yaml": """\
guidance: Ask a clinician.
verdicts:
  - procedures: [needling, polish]
    text: Needling reaches deeper.
    sources: [study]
""",
    "glossary.yaml": """\
- term: Dermis
  definition: The inner layer.
""",
    "wording.yaml": """\
revealing: [skin, face]
promotional: [discount, book now]
medicines: [aspirin, prescribed, tablet]
stop_or_start: [stop, start, do not take, avoid]
negation: [do not, never]
without: [no]
numbing: [numbing cream]
""",
    "concerns/scars.yaml": """\
title: Scars
summary: Marks.
reviewed_at: 2029-06-01
review_by: 2031-06-01
aliases: [pockmarks]
""",
}


def _procedure(title: str, extra: str = "") -> str:
    return f"""\
title: {title}
summary: Words about it.
reviewed_at: 2029-06-01
review_by: 2031-06-01
family: MICRONEEDLING
mechanism:
  body: [It **works**.]
  sources: [study]
red_flags: [INFECTION]
{extra}profile:
  invasiveness: {{value: 4, sources: [study]}}
  downtime: {{min: 1, typical: 2, max: 7, sources: [study]}}
  performed_by: {{text: A professional, sources: [study]}}
  cost:
    - {{min: 100, max: 200, currency: USD, per_session: true, sources: [study]}}
"""


_NEEDLING = _procedure(
    "Needling",
    """\
aliases: [needle work]
treats:
  - concern: scars
    evidence: LIMITED
    sources: [study]
contraindications:
  - code: PREGNANCY
    standing: "NO"
    sources: [study]
""",
)

_PLAN = """\
title: Needling aftercare
summary: What to do.
reviewed_at: 2029-06-01
review_by: 2031-06-01
version: 1
procedures: [needling]
steps:
  - key: day-minus-3-decision
    kind: CLINICIAN_TASK
    title: Decide
    body: [Decide on cover.]
    day: -3
    at: "09:00"
    useful_for: P2D
    sources: [study]
  - key: day-0-what-to-expect
    kind: CARE
    title: What to expect
    body: [Rest.]
    after: PT0S
    useful_for: PT24H
    seek_help_if: [INFECTION]
    sources: [study]
    spread: One study.
    messages:
      sms:
        discreet: >-
          {{ clinic_name }}: rest. Fever or pus? {{ clinic_phone }}, {{ emergency_number }}.
        detailed: >-
          {{ clinic_name }}: rest your skin. Fever or pus?
          {{ clinic_phone }}, {{ emergency_number }}.
      email:
        discreet:
          subject: "{{ clinic_name }}: please rest"
          text: >-
            {{ clinic_name }}: fever or pus? Call {{ clinic_phone }};
            emergency {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
        detailed:
          subject: "{{ clinic_name }}: your needling"
          text: >-
            {{ clinic_name }}: rest until {{ end_of('PT24H') }}. Fever or pus? {{ clinic_phone }},
            {{ emergency_number }}.
            {% if clinic_hours %}{{ clinic_hours }}{% endif %}
            {% if out_of_hours %}{{ out_of_hours }}{% endif %}
  - key: day-3-sport
    kind: CARE
    title: Sport
    body: [Sport is fine.]
    day: 3
    at: "10:00"
    useful_for: P1D
    sources: [study]
    spread: One study.
    messages:
      sms:
        max_segments: 1
        discreet: "{{ clinic_name }}: sport is fine again."
        detailed: "{{ clinic_name }}: after needling, sport is fine again."
"""

SPANISH = {
    "locales/es/red-flags.yaml": """\
INFECTION:
  label: Fiebre o pus
  action: Llame a la clínica.
  short: fiebre o pus
""",
    "locales/es/contraindications.yaml": """\
PREGNANCY:
  label: Embarazo
  question: ¿Está embarazada?
""",
    "locales/es/comparison.yaml": """\
guidance: Pregunte.
verdicts:
  1:
    text: Llega más hondo.
""",
    "locales/es/glossary.yaml": """\
1:
  term: Dermis
  definition: La capa interior.
""",
    "locales/es/wording.yaml": """\
revealing: [piel, cara]
promotional: [descuento]
medicines: [aspirina]
stop_or_start: [deje, empiece]
negation: [no]
without: [sin]
numbing: [crema anestésica]
""",
}
"""What is shared by all pages, in Spanish."""

PLAN = "plans/needling-aftercare.yaml"
PROCEDURE = "procedures/needling.yaml"


def pack() -> dict[str, str]:
    return {
        **_SHARED,
        PROCEDURE: _NEEDLING,
        "procedures/polish.yaml": _procedure("Polish"),
        PLAN: _PLAN,
    }


def broken(path: str, old: str, new: str) -> dict[str, str]:
    """The pack with one text in one file replaced by another."""
    files = pack()
    assert old in files[path], f"{path} has no {old!r} to replace"
    return {**files, path: files[path].replace(old, new, 1)}


def problems(files: dict[str, str], *, today: date | None = TODAY) -> list[str]:
    """Every problem as `file:line: what`; none when the files can be published."""
    checked = check(files, today=today)
    return [] if isinstance(checked, Checked) else [f"{p.where}: {p.what}" for p in checked]
