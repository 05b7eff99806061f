"""Graphene's base classes, typed: the options of a type are keywords of the class line."""

from typing import Any

import graphene


class ObjectType(graphene.ObjectType):
    class Meta:  # noqa: D106 - graphene's way to say so
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - graphene ships no types
        super().__init_subclass__(**options)


class Interface(graphene.Interface):
    class Meta:  # noqa: D106 - graphene's way to say so
        abstract = True

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - graphene ships no types
        super().__init_subclass__(**options)
