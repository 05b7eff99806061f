"""The Flask part of the gateway: webhooks, health and the index page."""

from collections.abc import Iterable, Mapping
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from flask import Blueprint, Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from services.chassis.health import Check, failures
from services.chassis.logs import get_logger
from services.chassis.zone_data import zone_data_version
from services.gateway.http.asgi import Application
from services.gateway.http.bodies import MAX_WEBHOOK_BYTES

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
    """Wrap Flask for the edge; it serves as many requests at once as it has threads."""
    pages = WSGIMiddleware(cast("WSGIApp", app), workers=_THREADS)  # the same as Flask's own type
    return cast("Application", pages)  # the same as a2wsgi's type


def make_app(checks: Mapping[str, Check], blueprints: Iterable[Blueprint]) -> Flask:
    """Make the Flask app; `checks` are the readiness checks by name."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_WEBHOOK_BYTES  # the edge refuses less elsewhere
    for blueprint in blueprints:
        app.register_blueprint(blueprint)

    @app.get("/")
    def index() -> str:
        return _INDEX

    @app.get("/healthz")
    def healthz() -> Response:
        return _no_store(jsonify(status="alive"))

    @app.get("/readyz")
    def readyz() -> Response:
        reasons = failures(checks)
        response = jsonify(
            status="not ready" if reasons else "ready",
            reasons=reasons,
            timeZones=zone_data_version(),
        )
        response.status_code = 503 if reasons else 200
        return _no_store(response)

    app.register_error_handler(HTTPException, _as_plain_text)
    app.register_error_handler(Exception, _as_masked_error)
    return app


def _as_plain_text(fault: Exception) -> Response:
    code, name = (fault.code, fault.name) if isinstance(fault, HTTPException) else (500, "Error")
    return Response(f"{code} {name}\n", status=code, mimetype="text/plain")


def _as_masked_error(fault: Exception) -> Response:
    """Log the traceback only: the exception's message may contain personal data."""
    log.error("page_failed", exc_info=fault)
    return Response("500 Internal Server Error\n", status=500, mimetype="text/plain")


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
