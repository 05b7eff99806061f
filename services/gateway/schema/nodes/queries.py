import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.fields import argument, field, list_of, required
from services.gateway.schema.node import Node
from services.gateway.schema.nodes.resolvers import node_asked_for, nodes_asked_for


class NodeQueries:
    node = field(
        Node,
        "Any object by its id; null if it does not exist or belongs to another clinic.",
        Batched(node_asked_for, PUBLIC),
        id=argument(required(graphene.ID), "The id."),
    )
    nodes = field(
        graphene.List(Node),
        "Up to 50 objects by their ids, in the order of the ids; null as with `node`.",
        Batched(nodes_asked_for, PUBLIC),
        ids=argument(list_of(graphene.ID), "The ids."),
    )
