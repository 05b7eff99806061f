import pytest

from services.content.domain.markdown import markdown_faults, plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It **works** *well*.", "It works well."),
        ("One\nline.", "One line."),
        ("First.\n\nSecond.", "First.\nSecond."),
        ("- a\n- b", "a\nb"),
        ("[here](https://a.test/x) and `code`", "here and code"),
        ("5 &lt; 6", "5 < 6"),
    ],
)
def test_says_markdown_as_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <b>c</b>",
        "<!-- x -->",
        "![x](https://a.test/x.png)",
        "[x](http://a.test)",
        "[x](//a.test)",
        "<http://a.test>",
    ],
)
def test_refuses_what_a_browser_could_run_or_load(markdown: str) -> None:
    assert list(markdown_faults(markdown))


@pytest.mark.parametrize("markdown", ["[x](javascript:alert(1))", "[x](data:text/html,x)"])
def test_a_dangerous_link_stays_text(markdown: str) -> None:
    assert plain_text(markdown) == markdown


def test_allows_https_links() -> None:
    assert list(markdown_faults("[here](https://a.test)")) == []
