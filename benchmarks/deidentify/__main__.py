"""Recall, precision and speed of de-identification beside Presidio: `python benchmarks/deidentify --write FILE`.

The corpora are those of the folder that `DATALAB_TEST_DATA` names, or `../shared/data` beside the checkout; without it
the sample county alone is measured.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bars import bars
from columns import columns
from corpora import county, judgments, tweets, web_text
from document import columns_table, document, groups
from marked import Corpus, Relation
from scoring import Figure, score
from speed import speeds
from styles import in_style
from systems import SYSTEMS, ours_known, scanner

SEED = 2026
"""Of the county that is measured; rules were written with others at hand."""


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document")
    parser.add_argument("--judgments", type=int, default=60, help="how many judgments")
    parser.add_argument("--narratives", type=int, default=1_500, help="how many texts of the county")
    parser.add_argument("--structured", type=Path, help="folder that holds presidio-structured")
    parser.add_argument("--scanner", type=Path, help="folder that holds hyperscale-pii-scanner")
    chosen = parser.parse_args()
    sample = county(seed=SEED, people=4_000, most=chosen.narratives)
    folder = Path(os.environ.get("DATALAB_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
    corpora = [*(_third_party(folder, chosen.judgments) if folder.is_dir() else ()), sample]
    peers = {} if chosen.scanner is None else {"hyperscale-pii-scanner": scanner(chosen.scanner)}
    scored = []
    for corpus in corpora:
        print(f"{corpus.name}: {len(corpus.texts)} documents", file=sys.stderr, flush=True)
        measured = (peers | SYSTEMS).items()
        systems = {name: mask for name, mask in measured if mask is not ours_known or corpus.has_records}
        scored.append((corpus, {name: score(corpus.texts, mask(corpus.texts)) for name, mask in systems.items()}))
    timed = {"short notes of the county": speeds(sample.texts[:300])}
    long = [corpus for corpus in corpora if corpus.name.startswith("judgments")]
    if long:
        timed["judgments"] = speeds(long[0].texts[:20])
    named = columns(chosen.structured)
    grouped = _by_group(sample)
    asked = bars(scored, timed, named, grouped)
    lines = "\n".join([*document(scored, timed, asked), *columns_table(named), *groups(grouped)]) + "\n"
    print(lines)
    if chosen.write is not None:
        chosen.write.write_text(lines, encoding="utf-8")


def _third_party(folder: Path, most: int) -> list[Corpus]:
    web = web_text(folder)
    return [
        web,
        in_style(web, "all in small letters", str.lower),
        in_style(web, "all in capitals", str.upper),
        tweets(folder, "h", Relation.UNSEEN),
        tweets(folder, "e", Relation.SAME_SOURCE),
        judgments(folder, held_out=True, most=most),
    ]


def _by_group(sample: Corpus) -> list[tuple[str, Figure]]:
    """Return recall of people for each group of names."""
    rows = []
    for group in sorted({text.group for text in sample.texts} - {""}):
        texts = [text for text in sample.texts if text.group == group]
        rows.append((group, score(texts, ours_known(texts)).entities["person"]))
    return rows


if __name__ == "__main__":
    main()
