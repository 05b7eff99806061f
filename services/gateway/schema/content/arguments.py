"""Arguments that catalog fields have in common."""

from typing import Any

import graphene

from services.gateway.schema.fields import argument, required
from services.gateway.schema.scalars.places import Locale


def slug_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(required(graphene.String), "Its name in URLs.")


def locale_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(
        Locale, "The requested locale. Content without a translation is served in the base locale."
    )
