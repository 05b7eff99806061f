"""What the pages that patients and staff open by a link have in common.

They work without JavaScript and without cookies. The token in the address is all they are asked
with; looking never changes anything, because scanners follow every link.
"""

from collections.abc import Collection
from typing import Final

from flask import Response, render_template, request

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

TEMPLATES: Final = "templates"


def show(template: str, *, status: int = 200, **values: object) -> Response:
    """A page; whatever the values hold is escaped."""
    page = render_template(template, **values)
    return Response(page, status=status, mimetype="text/html", headers=HEADERS)


def language_of(locale: str | None, known: Collection[str]) -> str:
    """The language of a locale where there are words in it, else the one the browser prefers."""
    own = (locale or "").partition("-")[0].lower()
    if own in known:
        return own
    return request.accept_languages.best_match(list(known)) or "en"
