"""Links to sources."""

from urllib.parse import urlsplit

from services.gateway.schema.scalars.text import text_scalar


def parse_url(text: str) -> str:
    """Accept only an absolute https URL, which can be shown as a link."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or not text.isprintable() or " " in text:
        raise ValueError("give an absolute https URL.")
    return text


URL = text_scalar("URL", "Absolute https URL.", parse_url, parse_url)
