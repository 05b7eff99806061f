"""Who sends a request, and what the credential permits."""

from collections.abc import Sequence
from functools import partial

import graphene

from services.contracts.reminders import ClinicRecord
from services.contracts.words import Role
from services.gateway.execution.batched import Batched
from services.gateway.identity.people import Person
from services.gateway.identity.viewer import Viewer as Credential
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY, STAFF_UP
from services.gateway.schema.clinics import Clinic
from services.gateway.schema.enums import ModeEnum, described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    at_root,
    attribute,
    field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.private import fetch_clinics, fetch_each
from services.gateway.schema.scalars import DateTime

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


async def clinics_of(
    viewers: Sequence[Credential | Person], _args: Args, request: GatewayRequest
) -> list[ClinicRecord | None]:
    numbers = [viewer.clinic_id for viewer in viewers]
    return await fetch_each(numbers, partial(fetch_clinics, request))


async def viewer_of(args: Args, request: GatewayRequest) -> Person | ClinicRecord | None:
    """The person whose key it is, else the clinic."""
    viewer = request.viewer
    if viewer.person and viewer.clinic_id and viewer.key_id:
        return Person(viewer.key_id, viewer.clinic_id, viewer.person)
    (clinic,) = await clinics_of([viewer], args, request)
    return clinic


class Access(ObjectType, access=ANY_KEY):
    """What a credential may do, and for whom."""

    roles = field(
        list_of(RoleEnum), "What it may do.", mapped(lambda viewer: [viewer.role], ANY_KEY)
    )
    mode = field(required(ModeEnum), "The kind of data it works on.")
    clinic = field(
        Clinic, "The clinic that it belongs to; null for operators.", Batched(clinics_of, ANY_KEY)
    )
    expires_at = field(
        DateTime,
        "When it expires; null if it does not expire.",
        mapped(lambda _viewer: None, ANY_KEY),
    )


class Staff(ObjectType, interfaces=(Node,)):
    """A member of a clinic's staff who has a personal key."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service. Each key has its own.",
        mapped(lambda person: ids.encode("Staff", person.key_id), STAFF_UP),
    )
    display_name = field(
        required(graphene.String), "The name they sign with.", attribute("name", STAFF_UP)
    )
    clinic = field(required(Clinic), "Where they work.", Batched(clinics_of, STAFF_UP))


class Viewer(graphene.Union):
    """Who sends the request."""

    class Meta:  # noqa: D106 - graphene's way to name the members
        types = (Clinic, Patient, Staff)


class ViewerQueries:
    access = field(
        Access,
        "What the request's credential may do, and for which clinic; null for anonymous requests.",
        at_root(lambda _args, request: request.viewer if request.viewer.role else None),
    )
    viewer = field(
        Viewer,
        "Who sends the request; null for anonymous requests and for operators.",
        at_root(viewer_of),
    )
