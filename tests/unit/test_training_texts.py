"""The texts that the lab's own NER learns from: every name stands where it is said to stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CHECK = """
from random import Random
from example import Example, Name
from invented import invent
from natural import renamed
from noise import noisy

rng = Random(5)
kept = changed = 0
for number in range(400):
    first = invent(rng)
    other = renamed(first, rng)
    last = noisy(other, rng)
    for text in (first, other, last):
        places = [(one.start, one.end) for one in text.names]
        assert all(0 <= start < end <= len(text.text) for start, end in places), text
        assert all(before[1] <= after[0] for before, after in zip(places, places[1:])), text
    said = [(one.label, first.text[one.start : one.end]) for one in first.names]
    named = [(one.label, other.text[one.start : one.end]) for one in other.names]
    assert [label for label, _ in said] == [label for label, _ in named]
    assert [text for label, text in said if label != "PERSON"] == [text for label, text in named if label != "PERSON"]
    kept += sum(label == "PERSON" for label, _ in said)
    changed += sum(a != b for a, b in zip(said, named) if a[0] == "PERSON")
    assert "{" not in first.text, first.text
assert kept > 300, kept
assert changed > 0.9 * kept, (changed, kept)
tested = {label for number in range(60) for label in {one.label for one in invent(Random(number)).names}}
assert {"PERSON", "ORG", "GPE", "FAC", "NORP"} <= tested, tested
print("well")
"""


def test_every_name_stands_where_it_is_marked() -> None:
    """Invented, with other names, and in any style: marks cover the names and nothing else, and no hole stays open."""
    paths = [str(REPOSITORY / one) for one in (".", "training", "benchmarks/deidentify")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{CHECK}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "well\n", done.stderr


def test_training_without_corpora_says_where_to_name_them(tmp_path: Path) -> None:
    """Without the corpora nothing is trained, and the message says what to set."""
    paths = ":".join(str(REPOSITORY / one) for one in (".", "training", "benchmarks/deidentify"))
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "training"), "--data", str(tmp_path), "--to", str(tmp_path / "made")],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": paths, "PATH": "/usr/bin:/bin"},
    )

    assert done.returncode == 1
    assert "DATALAB_TEST_DATA" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "made").exists()
