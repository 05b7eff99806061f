"""Reasons why a request is refused, as HTTP errors."""

from collections.abc import Sequence


class HttpFault(Exception):
    """`message` is safe to show and tells the client what to do; `headers` are added."""

    def __init__(
        self, status: int, code: str, message: str, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = tuple(headers)


def bad_request(message: str) -> HttpFault:
    return HttpFault(400, "BAD_REQUEST", message)


def bad_json(message: str) -> HttpFault:
    return HttpFault(400, "BAD_JSON", message)
