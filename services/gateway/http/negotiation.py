"""Which media type the asker reads, and whether we read what it sent."""

from functools import lru_cache

from werkzeug.http import parse_accept_header

from services.gateway.http.faults import HttpFault

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"

_OFFERED = (GRAPHQL, JSON)
_WILD = ("*/*", "application/*")


@lru_cache(maxsize=256)
def negotiate(accept: str) -> str:
    """Pick what is preferred, and JSON where anything will do; raises HttpFault."""
    if not accept.strip():
        return JSON
    ranges = [
        (media_range.partition(";")[0].strip().lower(), quality)
        for media_range, quality in parse_accept_header(accept)  # best first
    ]
    refused = {name for name, quality in ranges if quality == 0}
    for name, quality in ranges:
        media_type = JSON if name in _WILD else name
        if quality > 0 and media_type in _OFFERED and media_type not in refused:
            return media_type
    raise HttpFault(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")


@lru_cache(maxsize=256)
def check_content(content_type: str, content_encoding: str) -> None:
    """Only JSON in UTF-8, as it is; raises HttpFault. A form would be sent by any site's page."""
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = dict(part.partition("=")[::2] for part in parameters).get("charset", "utf-8")
    if name != JSON or charset.strip('"') not in ("utf-8", "utf8"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON} in UTF-8.")
    if content_encoding.strip().lower() not in ("", "identity"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request without compression.")
