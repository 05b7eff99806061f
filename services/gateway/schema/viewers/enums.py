from services.contracts.words import Role
from services.gateway.schema.enums import described

RoleEnum = described(
    Role,
    "What a credential may do.",
    {
        "ADMIN": "Everything in its clinic.",
        "CLINICIAN": "As STAFF, and judge what is clinical.",
        "STAFF": "See and enroll the clinic's patients.",
        "FRONT_END": "Publishable: register patients and their consents; reads no patient.",
        "OPERATOR": "Runs the service for all clinics; sees no names, contacts or messages.",
    },
)
