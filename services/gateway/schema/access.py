"""Access rules of fields, by role."""

from dataclasses import dataclass
from typing import Final

from services.contracts.words import Role
from services.gateway.execution.batched import FieldRefused, anyone
from services.gateway.request import GatewayRequest

PUBLIC: Final = anyone


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Lets in credentials of these roles."""

    roles: frozenset[Role]

    def __call__(self, request: GatewayRequest) -> FieldRefused | None:
        role = request.viewer.role
        if role is None:
            return FieldRefused("UNAUTHENTICATED", "Send an API key: Authorization: Bearer …")
        if role not in self.roles:
            return FieldRefused("FORBIDDEN", f"A key of role {role} may not use this field.")
        return None


STAFF: Final = frozenset({Role.STAFF, Role.CLINICIAN, Role.ADMIN})

ANY_KEY: Final = RoleRule(frozenset(Role))
STAFF_UP: Final = RoleRule(STAFF)
"""Staff of a clinic, who see its patients."""

CLINICIANS: Final = RoleRule(frozenset({Role.CLINICIAN}))
"""Staff who make clinical decisions."""

SEES_CARE: Final = RoleRule(STAFF | {Role.OPERATOR})
"""Fields of patients, enrollments and reminders; personal ones are null for operators."""

REGISTERS: Final = RoleRule(STAFF | {Role.FRONT_END})
"""Those who may register patients and consents, even if they may not read any."""


def sees_patients(request: GatewayRequest) -> bool:
    return STAFF_UP(request) is None
