"""A provider's HTTP server on a real socket. A test sets its answers."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

Reply = tuple[int, Mapping[str, str], bytes] | None  # None: take it, and drop the connection
CREATED: Reply = (201, {}, b'{"sid": "SM1"}')


class HttpProvider:
    """`received` holds the fields of each request, stored before it is answered.

    These are the fields of its form. Of another body they are the headers that begin with X- and
    the body as `text`.
    """

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.connections = 0
        self.answer: Callable[[dict[str, str]], Reply] = lambda _: CREATED
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["HttpProvider"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def _fields(headers: Message, body: str) -> dict[str, str]:
    if headers.get_content_type() == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in parse_qs(body).items()}
    words = {name: value for name, value in headers.items() if name.startswith("X-")}
    return {**words, "text": body}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # of 16 connections at once, the usual 5 would lose some


def _handler(server: HttpProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = _fields(self.headers, body)
            server.received.append(form)
            reply = server.answer(form)
            if reply is None:
                self.close_connection = True
                return
            status, headers, content = reply
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            del format, args

    return Handler
