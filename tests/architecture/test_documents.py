"""Documents that name files name files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    """A relative link in a document points to a file."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    dead = [one for one in targets if "://" not in one and not (document.parent / one).exists()]

    assert dead == []


def test_every_file_of_a_security_property_exists() -> None:
    """The files that hold and attack each law are there under the names that the document gives."""
    named = re.findall(
        r"`((?:datalab|anonymise|ingest|tests)/[\w/.]+)`", (REPOSITORY / "docs" / "security-properties.md").read_text()
    )

    assert len(named) > 40
    assert [name for name in named if not (REPOSITORY / name).exists()] == []
