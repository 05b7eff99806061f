from services.contracts.words import EscalationOutcome
from services.gateway.schema.enums import described

EscalationOutcomeEnum = described(
    EscalationOutcome,
    "How an escalation ended.",
    {
        "ADVISED": "The patient was advised.",
        "SEEN_AT_CLINIC": "The patient was seen at the clinic.",
        "SENT_TO_EMERGENCY": "The patient was sent to emergency care.",
        "COULD_NOT_REACH": "Nobody could reach the patient.",
        "FALSE_ALARM": "All was well.",
        "OTHER": "Something else; the note says what.",
    },
)
