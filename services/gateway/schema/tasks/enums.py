from services.contracts.words import TaskKind
from services.gateway.schema.enums import described

TaskKindEnum = described(
    TaskKind,
    "What a person must see to.",
    {
        "CLINICIAN_STEP": "A step of a plan that is a clinician's.",
        "PROCEDURE_UNCONFIRMED": "Nobody has said whether a procedure took place.",
        "UNREACHABLE": "A message did not arrive, or an address does not work.",
        "OPTED_OUT": "Somebody in care opted out, or reported a message as spam.",
        "UNREAD_REPLY": "A patient wrote something that a person must read.",
        "UNMATCHED_REPLY": "Somebody wrote who cannot be placed with one patient.",
        "UNREACHED": "A question about the skin was not answered.",
        "UNKNOWN_OUTCOME": "Nobody can say whether a message was sent.",
        "RENDER_FAILED": "The text of a message could not be made.",
        "OTHER": "Something else.",
    },
)
