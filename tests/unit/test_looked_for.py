"""The page that tells a custodian what is looked for says what redaction does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity
from anonymise.prose.redaction import Redactor

PAGE = (Path(__file__).parents[2] / "docs/what-redaction-looks-for.md").read_text("utf-8")
REDACTOR = Redactor(RulesAndNames())
ROWS = re.findall(r"^\| ([A-Z ]+) \| .* \| (?:`(.*)`)? ?\|$", PAGE, flags=re.MULTILINE)
MISSES = re.findall(r"^- .*`(.*)`\.$", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize(("placeholder", "example"), [row for row in ROWS if row[1]])
def test_an_example_becomes_its_placeholder(placeholder: str, example: str) -> None:
    """What stands in braces goes under the kind of its row; of the rest, a number beside it may go too."""
    secret = re.sub(r".*\{(.*)\}.*", r"\1", example)
    done = REDACTOR.redact([re.sub(r"[{}]", "", example)])[0].text

    assert done is not None
    assert f"[{placeholder}]" in done
    assert secret not in done


def test_every_kind_is_told() -> None:
    """No kind is looked for that the page keeps silent about, and none is told that is not looked for."""
    assert {placeholder for placeholder, _ in ROWS} == {entity.value for entity in Entity}


@pytest.mark.parametrize("example", MISSES)
def test_a_known_miss_is_still_missed(example: str) -> None:
    """A miss that is mended is struck off the page."""
    assert REDACTOR.redact([example])[0].text == example


def test_the_page_tells_misses() -> None:
    """The list of misses is read by this test."""
    assert len(MISSES) > 5
