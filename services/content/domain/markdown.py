"""The Markdown of the catalog: what it may contain, and its plain text."""

from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


def plain_text(markdown: str) -> str:
    """Remove the markup, for screen readers. Each paragraph becomes one line."""
    lines = [_spoken(token) for token in _parser().parse(markdown) if token.type == "inline"]
    return "\n".join(line for line in lines if line)


def markdown_faults(markdown: str) -> Iterator[str]:
    """Yield what may not be published: HTML, images, and links that are not https."""
    for token in _flat(_parser().parse(markdown)):
        if token.type in ("html_block", "html_inline"):
            yield f"HTML ({token.content.strip()[:40]}) is not allowed; use Markdown"
        elif token.type == "image":
            yield "an image is not allowed in text; remove it"
        elif token.type == "link_open" and not str(token.attrs["href"]).startswith("https://"):
            yield f"the link to {token.attrs['href']} is not https; correct or remove it"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _spoken(inline: Token) -> str:
    parts = []
    for token in inline.children or []:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type in ("text", "code_inline"):
            parts.append(token.content)
    return "".join(parts).strip()
