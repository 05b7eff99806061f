"""The Flask part of the gateway: webhooks, health and the index page."""

from collections.abc import Iterable, Mapping
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from flask import Blueprint, Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from services.chassis.health import Check, failures
from services.chassis.logs import get_logger
from services.gateway.http.asgi import Application
from services.gateway.http.bodies import MAX_BYTES

log = get_logger(__name__)

_THREADS = 8

_INDEX = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Afterglow</title></head>
<body>
<h1>Afterglow</h1>
<p>This is the gateway of a clinic's catalog and aftercare reminders.
Send GraphQL to <code>POST /graphql</code>.</p>
<ul><li><a href="/healthz">Is it alive?</a></li><li><a href="/readyz">Is it ready?</a></li></ul>
</body>
</html>
"""


def asgi_pages(app: Flask) -> Application:
    """Let Flask be called by the edge; as many requests at once as it has threads."""
    pages = WSGIMiddleware(cast("WSGIApp", app), workers=_THREADS)  # Flask's own word for the same
    return cast("Application", pages)  # and a2wsgi's


def make_app(checks: Mapping[str, Check], webhooks: Iterable[Blueprint]) -> Flask:
    """Make the app; `checks` say what readiness depends on, by name."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    for each in webhooks:
        app.register_blueprint(each)

    @app.get("/")
    def index() -> str:
        return _INDEX

    @app.get("/healthz")
    def healthz() -> Response:
        return _no_store(jsonify(status="alive"))

    @app.get("/readyz")
    def readyz() -> Response:
        wrong = failures(checks)
        response = jsonify(status="not ready" if wrong else "ready", reasons=wrong)
        response.status_code = 503 if wrong else 200
        return _no_store(response)

    app.register_error_handler(HTTPException, _told_plainly)
    app.register_error_handler(Exception, _masked)
    return app


def _told_plainly(fault: Exception) -> Response:
    code, name = (fault.code, fault.name) if isinstance(fault, HTTPException) else (500, "Error")
    return Response(f"{code} {name}\n", status=code, mimetype="text/plain")


def _masked(fault: Exception) -> Response:
    """Log where it happened; what the exception says could be personal."""
    log.error("page_failed", exc_info=fault)
    return Response("500 Internal Server Error\n", status=500, mimetype="text/plain")


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
