from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def drawing(page: str) -> str:
    _, _, rest = (DOCS / page).read_text("utf-8").partition("```mermaid\nstateDiagram-v2\n")
    return rest.partition("```")[0]


def test_the_guide_draws_the_states_as_the_reference_does() -> None:
    reference = drawing("reference/outbound-states.md")

    assert reference
    assert drawing("guides/life-of-a-message.md") == reference
