"""What `up` prints when everything runs."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.chassis.clock import ClockReading
from services.launcher.demo import DEMO_CLINIC

_PLAN: Final = "microneedling-aftercare"
_TAKES: Final = timedelta(minutes=50)

_PROCEDURE: Final = """\
{ procedure(slug: "microneedling") { title summary profile { downtime { min typical max } } } }"""

_REGISTER: Final = """\
mutation ($input: RegisterPatientInput!) {
  registerPatient(input: $input) { patient { id } userErrors { code message path } }
}"""

_ENROLL: Final = """\
mutation ($input: EnrollPatientInput!) {
  enrollPatient(input: $input) {
    enrollment { id reminders(first: 100) { nodes { stepKey channel dueAt localDueAt status } } }
    warnings { message }
    userErrors { code message path }
  }
}"""


_RECORD: Final = """\
mutation ($input: RecordProcedureInput!) {
  recordProcedure(input: $input) {
    enrollment { procedureState }
    changes { stepKey channel effect becomes }
    userErrors { code message path }
  }
}"""


def welcome(
    *, graphql_url: str, sandbox_url: str, key: str, clock: ClockReading, is_first: bool
) -> str:
    """Return addresses, the demo key, and commands that can be pasted into a shell."""
    return "\n\n".join(
        (
            _heading(graphql_url, sandbox_url, key, clock, is_first=is_first),
            "Ask about a procedure:",
            indent(f"{_curl(graphql_url, _PROCEDURE)}; echo", "  "),
            "Register a patient of the demo clinic who agrees to everything, and enroll them:",
            indent(_visit(graphql_url, key, clock), "  "),
            f"When it is over, at {_instant(_ends_at(clock))}, say so (aftercare waits for that):",
            indent(_over(graphql_url, clock), "  "),
            _ending(clock),
        )
    )


def welcome_in_production(*, graphql_url: str) -> str:
    return (
        f"Afterglow is running. GraphQL: {graphql_url}\n"
        "Make a clinic (`afterglow clinics create`) and a key (`afterglow keys create`). "
        "Nobody is enrolled in a plan before a clinician of the clinic has signed it off "
        "(docs/guides/signing-off.md). Ctrl-C stops it; the data stays."
    )


def _heading(
    graphql_url: str, sandbox_url: str, key: str, clock: ClockReading, *, is_first: bool
) -> str:
    data = "Its data is new." if is_first else "The data of the last run was found again."
    return dedent(f"""\
        Afterglow is running. {data}

          GraphQL           {graphql_url}
          Sandbox provider  {sandbox_url}   (every text and email arrives here, and nowhere else)
          Demo clinic       {DEMO_CLINIC.name}, {DEMO_CLINIC.time_zone}
          Its STAFF key     {key}   (mode test)
          Product time      {_instant(clock.product)}{_pace(clock)}""")


def _visit(graphql_url: str, key: str, clock: ClockReading) -> str:
    """Build the commands that register and enroll a patient. The second uses the first's answer."""
    at = _procedure_at(clock)
    enrollment = {
        "idempotencyKey": f"demo-{at:%Y-%m-%d}",
        "patientId": "PATIENT",
        "plan": _PLAN,
        "procedureAt": _instant(at),
    }
    register = _curl(graphql_url, _REGISTER, {"input": _patient()}, key="$KEY")
    enroll = _curl(graphql_url, _ENROLL, {"input": enrollment}, key="$KEY")
    enroll = enroll.replace('"PATIENT"', '"\'"$PATIENT"\'"')
    return dedent("""\
        KEY={key}
        PATIENT=$({register} |
          sed 's/.*"id": *"\\([^"]*\\)".*/\\1/')
        echo "$PATIENT"
        ENROLLED=$({enroll})
        echo "$ENROLLED"
        ENROLLMENT=$(echo "$ENROLLED" |
          sed 's/.*"enrollment": *{{"id": *"\\([^"]*\\)".*/\\1/')""").format(
        key=key, register=register, enroll=enroll
    )


def _over(graphql_url: str, clock: ClockReading) -> str:
    """Build the command that records the procedure, with the variables of the other commands."""
    recorded = {
        "enrollmentId": "ENROLLMENT",
        "state": "PERFORMED",
        "endedAt": _instant(_ends_at(clock)),
    }
    record = _curl(graphql_url, _RECORD, {"input": recorded}, key="$KEY")
    return record.replace('"ENROLLMENT"', '"\'"$ENROLLMENT"\'"') + "; echo"


def _procedure_at(clock: ClockReading) -> datetime:
    local = clock.product.astimezone(ZoneInfo(DEMO_CLINIC.time_zone)) + timedelta(days=30)
    return local.replace(hour=11, minute=0, second=0, microsecond=0)  # while clinics are open


def _ends_at(clock: ClockReading) -> datetime:
    return _procedure_at(clock) + _TAKES


def _patient() -> dict[str, Any]:
    consents = [
        {
            "channel": channel,
            "purpose": purpose,
            "granted": True,
            "detail": "DETAILED",
            "basis": "EXPRESS_WRITTEN",
            "method": "IN_PERSON",
            "wordingVersion": "demo-1",
            "source": "demo",
        }
        for channel in ("SMS", "EMAIL")
        for purpose in ("CARE", "MARKETING")
    ]
    return {
        "idempotencyKey": "demo-patient",
        "displayName": "Robin",
        "phone": "+12025550123",
        "email": "robin@example.com",
        "isAdult": True,
        "timeZone": DEMO_CLINIC.time_zone,
        "locale": "en",
        "channels": ["SMS", "EMAIL"],
        "detail": "DETAILED",
        "consents": consents,
    }


def _curl(
    url: str, query: str, variables: dict[str, Any] | None = None, *, key: str | None = None
) -> str:
    """Build a command to paste. Our documents and values contain no single quote."""
    parts = [f'"query": {json.dumps(" ".join(query.split()))}']
    if variables:
        parts.append(f'"variables": {json.dumps(variables)}')
    credentials = f' -H "Authorization: Bearer {key}"' if key else ""
    body = ",\n  ".join(parts)
    return f"curl -s {url} -H 'Content-Type: application/json'{credentials} -d '{{\n  {body}}}'"


def _ending(clock: ClockReading) -> str:
    watch = (
        "Each reminder leaves at its dueAt. To watch them arrive in the sandbox, start again with\n"
        "CLOCK_RATE=17280 (a day in five seconds), or go from one due time to the next with\n"
        f"`{_command()} clock advance`.\n"
    )
    return f"{watch if clock.rate == 1 else ''}Ctrl-C stops everything; the data stays."


def _command() -> str:
    """Return our command as it can be typed in the current folder."""
    command = Path(sys.executable).with_name("afterglow")
    here = Path.cwd()
    return str(command.relative_to(here) if command.is_relative_to(here) else command)


def _pace(clock: ClockReading) -> str:
    return "" if clock.rate == 1 else f", running {clock.rate:g} times as fast as real time"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
