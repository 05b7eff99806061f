from services.contracts.words import Role
from services.gateway.schema.enums import described

RoleEnum = described(
    Role,
    "What a credential may do.",
    {
        "ADMIN": "Everything in its clinic.",
        "CLINICIAN": "The same as STAFF, and clinical decisions.",
        "STAFF": "View and enroll the clinic's patients.",
        "FRONT_END": "A publishable key: registers patients and consents; cannot read patients.",
        "OPERATOR": "Runs the service for all clinics; cannot see names, contacts or messages.",
    },
)
