"""A clinician's word for a plan."""

import graphene

from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars.times import DateTime


class ClinicalReview(graphene.ObjectType):
    """A plan that a clinician of your clinic has read in every locale and signed off."""

    reviewer = field(required(graphene.String), "The name of the clinician who signed.")
    registration = field(graphene.String, "Their registration number, as they entered it.")
    reviewed_at = field(required(DateTime), "When.")
    content_hash = field(
        required(graphene.String),
        "The `contentHash` that was signed off. No other content is signed.",
    )
