"""A clinician's word for a plan."""

import graphene

from services.gateway.schema.fields import field, must
from services.gateway.schema.scalars.times import DateTime


class ClinicalReview(graphene.ObjectType):
    """A clinician of the asking clinic has read a plan, in every locale, and signed it off."""

    reviewer = field(must(graphene.String), "Who signed, by name.")
    registration = field(
        graphene.String, "Under which number they are registered, as they gave it."
    )
    reviewed_at = field(must(DateTime), "When.")
    content_hash = field(
        must(graphene.String), "The `contentHash` of what was read; nothing else is signed."
    )
