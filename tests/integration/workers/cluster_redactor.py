"""Redacts a small extract, and writes out what became of it: `cluster_redactor.py MASTER MEMORY FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
from treated_dataset import MODEL, batch, contract, frame, row

from anonymise.keys.keyring import KeyRing
from datalab.settings import Settings
from ingest.sealed.parts import SealedParts
from ingest.spark.session import IngestSession
from ingest.spark.treating import Treater

KEY = bytes(range(32))
PARTS = 4
ROWS = [
    row(number, nominal=f"NOM{number % 9}", notes=f"Mrs Okafor rang from 07700 90{number:04d}") for number in range(36)
]


def main() -> None:
    """Redact, and say the rows, and how many parts were kept."""
    master, memory, place = sys.argv[1:4]
    folder = Path(place)
    session = IngestSession(settings=Settings(home=folder, spark_master=master, spark_memory=memory), folder=folder)
    ring = KeyRing({"unit-ref": (1, KEY), "linkage": (1, KEY)}, folder=None)
    treater = Treater.of(contract(), ring, extract_id="x1", spacy_model=MODEL)
    (folder / "rows").mkdir()
    typed = frame(session.spark, pa.Table.from_batches([batch(*ROWS)]), folder / "rows")
    parts = SealedParts.open(folder / "parts", stated="x1", count=PARTS, key=KEY)
    treater.write_parts(lambda: typed, parts, folder / "treated", lambda _: None, rows=len(ROWS))
    treated = treater.read(session.spark, folder / "treated")
    rows = sorted(map(str, treated.rows.toArrow().to_pylist()))
    session.stop()
    sys.stdout.write(json.dumps({"rows": rows, "parts": len(parts.done())}))


if __name__ == "__main__":
    main()
