"""Which media type the asker reads, and whether we read what it sent."""

from functools import lru_cache

from services.gateway.http.faults import HttpFault

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"

_OFFERED = (GRAPHQL, JSON)
_WILD = ("*/*", "application/*")


@lru_cache(maxsize=256)
def negotiate(accept: str) -> str:
    """Pick what is preferred, and JSON where anything will do; raises HttpFault."""
    ranked: list[tuple[float, str]] = []
    refused: set[str] = set()
    for media_range in filter(str.strip, accept.split(",")):
        name, quality = _parse(media_range)
        if quality == 0:
            refused.add(name)
        elif name in _OFFERED:
            ranked.append((quality, name))
        elif name in _WILD:
            ranked.append((quality, JSON))
    ranked = [(quality, name) for quality, name in ranked if name not in refused]
    if ranked:
        return max(ranked, key=lambda each: each[0])[1]  # the first of equals
    if accept.strip():
        raise HttpFault(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")
    return JSON


def _parse(media_range: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in media_range.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return name, _quality(value)
    return name, 1.0


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def check_content(content_type: str, content_encoding: str) -> None:
    """Only JSON in UTF-8, as it is; raises HttpFault. A form would be sent by any site's page."""
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = dict(part.partition("=")[::2] for part in parameters).get("charset", "utf-8")
    if name != JSON or charset.strip('"') not in ("utf-8", "utf8"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON} in UTF-8.")
    if content_encoding.strip().lower() not in ("", "identity"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request without compression.")
