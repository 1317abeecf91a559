"""Precision, recall and F1 of linkage against known truth, beside single keys in the same run; and Spark's time.

    python benchmarks/linkage.py --data FOLDER [--people 20000] [--seed 11] [--spark]

`--data` is the folder of third-party extracts (febrl4 under `linkage/`); without it only the sample county is linked.
`--spark` links febrl4's two registers on Spark as well, and says how long that took and whether it made the same links.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# The judge is the tests' own: one definition of a right link.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from linkage_judge import Score, febrl, only, score_county, score_pair

from anonymise.keys.keyring import KeyRing
from anonymise.linkage.match_hasher import KEY_PREFIX
from anonymise.linkage.spine import PASSES, Profile, link_in_memory
from datalab.contract.model import MatchKind
from datalab.sample.county import make_county

RING = KeyRing.throwaway()
ORDERS = (
    ("police_incidents", "school_attendance", "ae_attendances", "social_care_contacts"),
    ("ae_attendances", "social_care_contacts", "school_attendance", "police_incidents"),
)


def show(name: str, score: Score) -> None:
    """Print one row of the table."""
    made = score.right + score.wrong
    print(f"{name:56} {score.precision:8.4f} {score.recall:8.4f} {score.f1:8.4f} {score.wrong:6} of {made}")


def judge_febrl(data: Path) -> None:
    """Link febrl4's two registers with and without the identifier."""
    for title, hidden in (("with identifier", ()), ("without identifier", (MatchKind.NATIONAL_ID,))):
        first, second, truth = febrl(data, RING, *hidden)
        for key in ("national_id_dob", "names_dob", "names_dob_postcode"):
            if not (hidden and key.startswith("national")):
                show(f"febrl4 {title}, {key} alone", score_pair(only(first, key), only(second, key), truth))
        show(f"febrl4 {title}, all keys", score_pair(first, second, truth))


def judge_county(people: int, seed: int) -> None:
    """Link a sample county's agencies in two orders."""
    with tempfile.TemporaryDirectory() as folder:
        make_county(Path(folder), people=people, seed=seed)
        for order in ORDERS:
            for dataset, score in score_county(Path(folder), order, RING).items():
                if score.possible:
                    show(f"county of {people}, {dataset} to those before", score)


def time_spark(data: Path) -> None:
    """Link febrl4's two registers on Spark, cold and warm."""
    from anonymise.spark.linkage import link  # noqa: PLC0415 - only this case pays for Java
    from anonymise.spark.spine_files import read_links  # noqa: PLC0415 - the same
    from datalab.engine.spark.session import open_session  # noqa: PLC0415 - the same

    first, second, _ = febrl(data, RING)
    expected = {ref: match.spine_id for ref, match in link_in_memory(second, first).items()}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, people in (("a", first), ("b", second)):
            _write(people, home / f"{name}.parquet")
        spark = open_session("benchmark", scratch=home)
        for turn in ("cold", "warm"):
            started = time.monotonic()
            for number, name in enumerate("ab", start=1):
                previous = home / f"{turn}1" if number > 1 else None
                rows = spark.read.parquet(str(home / f"{name}.parquet"))
                out = home / f"{turn}{number}"
                link(spark, rows, key_space=name, generation=number, previous=previous, out=out)
            print(f"Spark, {turn}: two registers of {len(first)} people in {time.monotonic() - started:.1f} s")
        links = {
            (row["key_space"], row["unit_ref"]): row["spine_id"] for row in read_links(spark, home / "warm2").collect()
        }
        owner = {spine_id: ref for (name, ref), spine_id in links.items() if name == "a"}
        found = {ref: owner[spine_id] for (name, ref), spine_id in links.items() if name == "b" and spine_id in owner}
        print(f"Spark's links are those of the rules in memory: {found == expected}")
        spark.stop()


def _write(people: list[Profile], file: Path) -> None:
    """Write people as hashed rows; a person with several values of a key gets several rows."""
    names = [f"{KEY_PREFIX}{name}" for name in PASSES]
    rows = [{"unit_ref": person.reference} | {names[place]: value} for person in people for place, value in person.keys]
    schema = pa.schema([("unit_ref", pa.string()), *((name, pa.binary()) for name in names)])
    pq.write_table(pa.Table.from_pylist(rows, schema), file)


def main() -> None:
    """Run the cases that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--spark", action="store_true")
    asked = parser.parse_args()
    print(f"{'':56} {'prec.':>8} {'recall':>8} {'F1':>8} {'wrong':>6}")
    if asked.data:
        judge_febrl(asked.data)
    judge_county(asked.people, asked.seed)
    if asked.data and asked.spark:
        time_spark(asked.data)


if __name__ == "__main__":
    main()
