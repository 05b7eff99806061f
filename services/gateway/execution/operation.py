"""An operation of a checked document, with what is worked out about it once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    BREAK,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from services.gateway.execution.plan import SelectionPlan

_PLANS_PER_OPERATION = 16
_CONDITIONS = ("skip", "include")


@dataclass(eq=False, slots=True)
class Operation:
    """`conditions` are the variables that decide what is selected.

    An operation that is not plannable is left to graphql-core.
    """

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    is_plannable: bool
    plans: dict[tuple[Any, ...], SelectionPlan] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        return self.definition.name.value if self.definition.name else None

    def plan_for(self, variables: Mapping[str, Any]) -> SelectionPlan | None:
        return self.plans.get(self._choice(variables))

    def remember(self, variables: Mapping[str, Any], plan: SelectionPlan) -> None:
        """Keep the plan for the next request, as long as there are few of them."""
        if len(self.plans) < _PLANS_PER_OPERATION:
            self.plans[self._choice(variables)] = plan

    def _choice(self, variables: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(variables.get(name) for name in self.conditions)


def operations_of(
    document: DocumentNode, unplannable_fields: Collection[str]
) -> dict[str | None, Operation]:
    """Make the document's operations, by name."""
    reading = _Reading(unplannable_fields)
    visit(document, reading)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    conditions = tuple(sorted(reading.conditions))
    operations = (
        Operation(document, each, fragments, conditions, reading.is_plannable)
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    )
    return {each.name: each for each in operations}


class _Reading(Visitor):
    def __init__(self, unplannable_fields: Collection[str]) -> None:
        super().__init__()
        self.conditions: set[str] = set()
        self.is_plannable = True
        self._unplannable_fields = unplannable_fields

    def enter_field(self, node: FieldNode, *_: object) -> object:
        if node.name.value in self._unplannable_fields:
            self.is_plannable = False
            return BREAK
        return None

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in _CONDITIONS:
            values = (argument.value for argument in node.arguments)
            self.conditions.update(v.name.value for v in values if isinstance(v, VariableNode))
