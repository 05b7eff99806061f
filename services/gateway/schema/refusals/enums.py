from services.contracts.errors import UserErrorCode
from services.gateway.schema.enums import described

UserErrorCodeEnum = described(
    UserErrorCode,
    "Why a mutation was refused.",
    {
        "INVALID": "The value cannot be used.",
        "REQUIRED": "Something is missing.",
        "NOT_FOUND": "It does not exist, or belongs to another clinic.",
        "CONFLICT": "Something that exists already conflicts with the request.",
        "STALE": "It has changed since you read it.",
        "NO_CONSENT": "There is no consent for it.",
        "OPTED_OUT": "The person opted out.",
        "SUPPRESSED": "The address must not be used.",
        "NEEDS_VERIFICATION": "The contact has to be confirmed first.",
        "NOT_ELIGIBLE": "It is not meant for this patient.",
        "NOT_SIGNED_OFF": "No clinician of the clinic has signed off the plan.",
        "PLAN_WITHDRAWN": "This version of the plan has been withdrawn.",
        "OUTSIDE_COVERAGE": "No message can be sent there.",
        "IN_THE_PAST": "The time is too long ago.",
        "TOO_LATE": "It has already happened.",
        "RATE_LIMITED": "Too many requests of this kind; try again later.",
        "NOT_ALLOWED": "This credential may not do it.",
        "OTHER": "A reason that this schema does not define yet.",
    },
)
