"""Fetching over HTTPS, from a server on this machine."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.gateway.http.https_get import CannotFetch, https_get
from tests.support.processes.certificates import write_certificate


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/x.pem")
            self.end_headers()
            return
        size = 100_000 if self.path == "/large" else 3
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * size)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(scope="module")
def base(certificate: Path) -> Iterator[str]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), _Pages)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_gets_a_document(base: str, trusting: ssl.SSLContext) -> None:
    assert https_get(f"{base}/x.pem?a=b", tls=trusting) == b"xxx"


@pytest.mark.parametrize("path", ["/moved", "/large"])
def test_follows_no_redirect_and_takes_no_large_document(
    base: str, trusting: ssl.SSLContext, path: str
) -> None:
    with pytest.raises(CannotFetch):
        https_get(base + path, tls=trusting)


def test_a_certificate_that_is_not_trusted_is_refused(base: str) -> None:
    with pytest.raises(CannotFetch):
        https_get(f"{base}/x.pem")


@pytest.mark.parametrize("url", ["http://localhost/x", "file:///etc/passwd", "https://", ""])
def test_only_https_is_fetched(url: str) -> None:
    with pytest.raises(CannotFetch):
        https_get(url)
