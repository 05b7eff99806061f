"""The HTML part of an email, made from its text, which is escaped: it never holds markup."""

from html import escape

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
    '<body style="font:16px/1.5 sans-serif;max-width:36em;margin:0 auto;padding:1em">{body}</body>'
    "</html>"
)
_BULLET = "- "


def from_text(text: str, *, locale: str) -> str:
    """Blank lines separate paragraphs. A block of lines that start with a hyphen becomes a list."""
    blocks = (block.strip("\n") for block in text.split("\n\n"))
    body = "".join(_block(block.splitlines()) for block in blocks if block.strip())
    return _PAGE.format(language=escape(locale), body=body)


def _block(lines: list[str]) -> str:
    if all(line.startswith(_BULLET) for line in lines):
        items = "".join(f"<li>{escape(line.removeprefix(_BULLET))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(escape(line) for line in lines)}</p>"
