from services.contracts.words import TaskKind
from services.gateway.schema.enums import described

TaskKindEnum = described(
    TaskKind,
    "The kind of a task.",
    {
        "CLINICIAN_STEP": "A plan step for a clinician.",
        "PROCEDURE_UNCONFIRMED": "Nobody has recorded whether a procedure took place.",
        "UNREACHABLE": "A message did not arrive, or an address does not work.",
        "OPTED_OUT": "A patient in care opted out, or reported a message as spam.",
        "UNREAD_REPLY": "A patient's message that staff must read.",
        "UNMATCHED_REPLY": "A message that cannot be matched to one patient.",
        "UNREACHED": "A check-in was not answered.",
        "UNKNOWN_OUTCOME": "It is not known whether a message was sent.",
        "RENDER_FAILED": "The text of a message could not be rendered.",
        "OTHER": "Something else.",
    },
)
