"""A clinician's word for a plan."""

import graphene

from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars.times import DateTime


class ClinicalReview(graphene.ObjectType):
    """A clinician of the asking clinic has read a plan, in every locale, and signed it off."""

    reviewer = field(required(graphene.String), "Who signed, by name.")
    registration = field(
        graphene.String, "Under which number they are registered, as they gave it."
    )
    reviewed_at = field(required(DateTime), "When.")
    content_hash = field(
        required(graphene.String), "The `contentHash` of what was read; nothing else is signed."
    )
