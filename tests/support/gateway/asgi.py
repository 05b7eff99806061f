"""Calls an ASGI application without a server or a socket."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from services.gateway.http.asgi import Application

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.json["errors"]]

    @property
    def media_type(self) -> str:
        return self.headers["content-type"].split(";")[0]


@dataclass(frozen=True)
class AsgiClient:
    """With `hangs`, the client neither ends the body nor closes the connection."""

    application: Application

    def post(
        self,
        body: Any,
        path: str = "/graphql",
        accept: str | None = GRAPHQL,
        content_type: str | None = JSON,
        **headers: str,
    ) -> Reply:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        all_headers = {"accept": accept, "content-type": content_type, **headers}
        return self.call("POST", path, [content], all_headers)

    def get(self, path: str = "/graphql", accept: str | None = GRAPHQL, **parameters: str) -> Reply:
        return self.call("GET", f"{path}?{urlencode(parameters)}", [], {"accept": accept})

    def call(
        self,
        method: str,
        target: str,
        parts: Iterable[bytes],
        headers: Mapping[str, str | None],
        *,
        hangs: bool = False,
    ) -> Reply:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 5000),
            "root_path": "",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode("latin-1"))
                for name, value in headers.items()
                if value is not None
            ],
        }
        return asyncio.run(_exchange(self.application, scope, list(parts), hangs=hangs))


async def _exchange(
    application: Application, scope: Mapping[str, Any], parts: list[bytes], *, hangs: bool
) -> Reply:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if not hangs:
        messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(sent[0]["status"], headers, body)
