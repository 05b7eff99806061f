"""Compares hosts of URLs: without case, and with or without the default port of the scheme."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def host_of(url: str) -> str | None:
    """The host in lower case, with a port that is not the scheme's; None if there is no host."""
    try:
        parts = urlsplit(url)
        return _normal(parts) if parts.hostname else None
    except ValueError:  # a malformed port or bracket
        return None


def spellings(url: str, called_host: str) -> list[str]:
    """The URL as a caller may have written it, the likeliest first.

    Callers write the host as they were given it, in lower case, or as in `called_host`, their Host
    header; and with or without the default port. Another host is not considered.
    """
    parts = urlsplit(url)
    hosts = [_bare(parts.netloc), _bare(parts.netloc).lower()]
    if host_of(f"{parts.scheme}://{called_host}") == host_of(url):
        hosts.append(_bare(called_host))
    port = _port(parts)
    netlocs = [netloc for host in dict.fromkeys(hosts) for netloc in (host, f"{host}:{port}")]
    return [parts._replace(netloc=netloc).geturl() for netloc in netlocs]


def _normal(parts: SplitResult) -> str:
    host = _bare(parts.netloc).lower()
    port = _port(parts)
    return host if port == _DEFAULT_PORTS.get(parts.scheme) else f"{host}:{port}"


def _port(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def _bare(netloc: str) -> str:
    """The host as it is written, without user and port."""
    host = netloc.rpartition("@")[2]
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
