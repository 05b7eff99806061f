"""Serves pages of the gateway on a free port, for a real browser."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Blueprint
from werkzeug.serving import make_server

from services.gateway.app import make_app


@contextmanager
def serving(pages: Iterable[Blueprint]) -> Iterator[str]:
    """Yields the base URL."""
    server = make_server("127.0.0.1", 0, make_app({}, pages), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
