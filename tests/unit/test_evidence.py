"""The document of evidence: figures that a run did not measure again stand as they were."""

from __future__ import annotations

from evidence import Evidence

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


def test_a_new_document_keeps_nothing() -> None:
    """The control: nothing is kept unless it is asked for."""
    assert "5,040" not in measured(WHOLE, "rows", "1.51").document("any")
