"""What the pages that patients and staff open by a signed link have in common.

They work without JavaScript and without cookies. The token in the URL is the only credential.
Opening a page never changes anything, because scanners follow every link.
"""

import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from flask import Blueprint, Response, render_template, request

from services.chassis.ask import UpstreamFailed, UpstreamTimeout, UpstreamUnavailable

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

TEMPLATES: Final = "templates"

SERVICE_DOWN: Final = (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed)
"""What a page's question to another service raises while that service is down."""


def link_page(
    name: str, path: str, *, view: Callable[[str], Response], submit: Callable[[str], Response]
) -> Blueprint:
    """Return the routes of a page that a signed link opens; both functions take its token."""
    routes = Blueprint(name, __name__, url_prefix=path, template_folder=TEMPLATES)
    routes.get("/<token>")(view)
    routes.post("/<token>")(submit)
    return routes


def show(template: str, *, status: int = 200, **values: object) -> Response:
    """Return the page; all values are escaped."""
    page = render_template(template, **values)
    return Response(page, status=status, mimetype="text/html", headers=HEADERS)


def language_of(locale: str | None, languages: Collection[str]) -> str:
    """Return the locale's language if it is one of these, otherwise what the browser prefers."""
    own = (locale or "").partition("-")[0].lower()
    if own in languages:
        return own
    return request.accept_languages.best_match(list(languages)) or "en"


def form_line(name: str, max_length: int) -> str:
    """Return a field of the form on one line, without control characters."""
    line = " ".join(request.form.get(name, "").split())
    printable = (char for char in line if unicodedata.category(char) not in ("Cc", "Cs"))
    return "".join(printable)[:max_length]
