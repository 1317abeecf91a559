"""The card of the lab's own NER says of unseen text what the evidence says, and nothing older."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVIDENCE = (ROOT / "docs" / "deidentification-evidence.md").read_text("utf-8")
CARD = (ROOT / "anonymise" / "prose" / "model" / "names" / "MODEL_CARD.md").read_text("utf-8")


def measured(heading: str, system: str) -> dict[str, str]:
    """Return the figures of one system in a chapter of the evidence, by column, as the card writes them."""
    chapter = EVIDENCE.split(f"\n## {heading}")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in chapter.splitlines() if line[:1] == "|"]
    row = next(row for row in rows if row[0] == system)
    names = (re.sub(r" \(.*", "", name) for name in rows[0])
    return {name: re.sub(r"^0|\s.*", "", cell) for name, cell in zip(names, row, strict=True)}


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("web text", "Web text (EWT): unseen"),
        ("web text in small letters", "Web text (EWT), all in small letters: unseen"),
        ("web text in capitals", "Web text (EWT), all in capitals: unseen"),
        ("tweets", "Tweets (BTC h): unseen"),
    ],
)
def test_the_card_says_what_the_evidence_says(text: str, heading: str) -> None:
    """People, places, organisations and precision, without the model and with it, are those of the evidence."""
    before, after = (measured(heading, name) for name in ("datalab, text alone, stock model", "datalab, text alone"))
    columns = ("person", "place", "organisation", "precision")
    said = " | ".join(f"{before[column]}, {after[column]}" for column in columns)

    assert f"| {text} | {said} |" in CARD
