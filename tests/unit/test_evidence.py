"""The document of evidence: figures that a run did not measure again stand as they were."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from evidence import BY_CHANCE, CHAPTERS, SHARES, Evidence
from shares import enough

CLAIMED = re.compile(r"(at least|exactly) 0\.\d+")
DOOR, WHOLE = "test_door_timing", "test_whole_path"


def measured(module: str, what: str, found: str, *, control: bool = False) -> Evidence:
    """Return evidence of one figure."""
    evidence = Evidence()
    evidence.add(module, what, found, "2.75", control=control)
    return evidence


def test_figures_of_tests_that_did_not_run_are_kept() -> None:
    """A figure of another chapter, or of another test, is taken over with its control; the same one is not."""
    before = measured(DOOR, "5,040 answers: time and noise", "+0.010")
    before.add(DOOR, "5,040 computed times", "+0.114", "0.05", control=True)
    before.add(WHOLE, "rows", "1.40", "2.75", control=False)
    after = measured(WHOLE, "rows", "1.51")
    after.keep(before.document("any"))

    assert after.figures[WHOLE] == {("rows", False): ("1.51", "2.75")}
    assert after.figures[DOOR] == before.figures[DOOR]


def test_a_figure_that_nothing_measures_any_more_goes() -> None:
    """Of a chapter all of whose tests ran nothing is taken over, of another everything."""
    before = measured(DOOR, "5,040 answers: time and noise", "+0.010")
    before.add(WHOLE, "an old figure", "0.500", "at least 0.95", control=False)
    after = measured(WHOLE, "rows", "1.51")
    after.keep(before.document("any"), whole={WHOLE})

    assert after.figures[WHOLE] == {("rows", False): ("1.51", "2.75")}
    assert after.figures[DOOR] == before.figures[DOOR]


def test_a_new_document_keeps_nothing() -> None:
    """The control: nothing is kept unless it is asked for."""
    assert "5,040" not in measured(WHOLE, "rows", "1.51").document("any")


def test_a_chapter_without_a_figure_is_not_written(tmp_path: Path) -> None:
    """An empty chapter would read as something that was attacked: nothing is written, what is missing is said."""
    evidence, file = Evidence(), tmp_path / "evidence.md"
    for module in CHAPTERS:
        evidence.add(module, "rows", "1.40", "2.75", control=False)
    evidence.write(file, "any")
    lacking = Evidence(figures={module: rows for module, rows in evidence.figures.items() if module != WHOLE})

    with pytest.raises(ValueError, match=f"tests/privacy/{WHOLE}.py"):
        lacking.write(file.with_stem("lacking"), "any")
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["evidence.md", "evidence.svg"]


def test_the_command_measures_every_chapter() -> None:
    """What `make privacy-evidence` runs is what the document has chapters of."""
    makefile = (Path(__file__).parents[2] / "Makefile").read_text().replace("\\\n", " ")
    ((names),) = re.findall(r"^EVIDENCE := \$\(patsubst %,tests/privacy/test_%.py,(.*)\)$", makefile, re.MULTILINE)

    assert {f"test_{name}" for name in names.split()} == set(CHAPTERS)


@pytest.mark.parametrize("module", SHARES)
def test_a_share_stands_beside_its_releases_and_what_chance_allows(module: str) -> None:
    """Every share in the document that is held against a claim rests on 1,000 releases or more, and says so."""
    document = (Path(__file__).parents[2] / "docs" / "privacy-evidence.md").read_text()
    rows = Evidence()
    rows.keep(document)
    claimed = [
        allowed for (_, control), (_, allowed) in rows.figures[module].items() if not control and CLAIMED.match(allowed)
    ]

    assert BY_CHANCE in document.split(f"`tests/privacy/{module}.py`")[0].rpartition("\n## ")[2]
    assert claimed
    for allowed in claimed:
        told = re.search(r"(less|\u00b1) 0\.\d{3} by chance; ([\d,]+) releases$", allowed)
        assert told, allowed
        assert int(told[2].replace(",", "")) >= 1_000


@pytest.mark.parametrize(("share", "passes"), [(0.95, True), (0.93, True), (0.926, False)])
def test_a_share_below_its_claim_by_more_than_chance_fails(share: float, *, passes: bool) -> None:
    """Of 1,000 releases a share of 0.927 or more is no less than 0.95 but for chance; of 400 one of 0.914 is."""
    noted: list[str] = []

    def measured(_what: str, _found: str, allowed: str, *, control: bool) -> None:
        assert not control
        noted.append(allowed)

    assert enough("any", share, 0.95, 1_000, measured) is passes
    assert enough("any", 0.92, 0.95, 400, measured)
    assert noted == [
        "at least 0.95, less 0.023 by chance; 1,000 releases",
        "at least 0.95, less 0.036 by chance; 400 releases",
    ]
