"""The evidence document: what the attacks measured as tables, and epsilons as a picture."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from evidence import CHAPTERS, Evidence

REPOSITORY = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def measured() -> Evidence:
    """Evidence of one attack, its control, and a chance that is no epsilon."""
    found = Evidence()
    found.add("test_whole_path", "rows & units", "1.25", "2.50", control=False)
    found.add("test_whole_path", "rows & units, a tenth of the noise", "5.00", "2.50", control=True)
    found.add("test_whole_path", "rows & units, a hundredth of the noise", "6.00", "2.50", control=True)
    found.add("test_whole_path", "a bound left out", "4.00", "2.50", control=True)
    found.add("test_discovered_path", "chance that a value is told", "0.01", "0.02", control=False)
    found.add("test_timing", "answers at slots", "+0.001", "±0.05", control=False)
    return found


def test_the_picture_has_a_bar_for_each_epsilon() -> None:
    """A bar ends at what was proved, before the line of the claim; the least of its controls is a dot beyond it."""
    picture = ET.fromstring(measured().chart())  # noqa: S314 - our own text

    _, bar = picture.iter(f"{SVG}rect")  # the first is the ground
    first, second = picture.iter(f"{SVG}line")
    dots = [float(dot.attrib["cx"]) for dot in picture.iter(f"{SVG}circle")]
    left, claim = float(bar.attrib["x"]), float(first.attrib["x1"])
    assert float(bar.attrib["width"]) == pytest.approx((claim - left) / 2, abs=0.1)
    assert [dot - left for dot in dots] == pytest.approx([(claim - left) * 2, (claim - left) * 1.6], abs=0.2)
    assert second.attrib["x1"] == first.attrib["x1"]


def test_the_document_has_every_figure() -> None:
    """Each figure is a row of its chapter, and controls are marked."""
    document = measured().document("Python 3")

    assert "| rows & units | 1.25 | 2.50 |" in document
    assert "| **control:** rows & units, a tenth of the noise | 5.00 | 2.50 |" in document


def test_every_chapter_is_run() -> None:
    """`make privacy-evidence` runs each module that has a chapter, and each is there."""
    makefile = (REPOSITORY / "Makefile").read_text().replace("\\\n", "")
    run = re.search(r"^EVIDENCE := .*,(.*)\)$", makefile, re.MULTILINE)
    assert run is not None

    assert {f"test_{name}" for name in run[1].split()} == set(CHAPTERS)
    assert all((REPOSITORY / "tests" / "privacy" / f"{module}.py").is_file() for module in CHAPTERS)
