from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.fields import field
from services.gateway.schema.viewers.resolvers import access_of, viewer_of
from services.gateway.schema.viewers.types import Access, Viewer


class ViewerQueries:
    access = field(
        Access,
        "What the request's credential may do, and for which clinic; null for anonymous requests.",
        Batched(access_of, PUBLIC),
    )
    viewer = field(
        Viewer,
        "Who sends the request; null for anonymous requests and for operators.",
        Batched(viewer_of, PUBLIC),
    )
