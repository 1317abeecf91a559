"""Rows a second of each treatment, against a pass-through of the same rows in the same run.

Run: `python benchmarks/deidentify_rows.py`. One process, no Spark: Spark adds its own cost a batch and multiplies by
its cores. Each case treats a table whose one interesting column has that treatment. The cases are run in turn, three
times; the median and the range are printed. CPU time, because a shared machine's clock tells about its neighbours.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa

from anonymise.keys.keyring import KeyRing
from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
from anonymise.treatment.plan import TreatmentPlan, plan_treatment
from anonymise.treatment.treat import treat
from datalab.contract.generalisation import AgeBand, DatePart, DateTo, PostcodeDistrict
from datalab.contract.model import (
    Bounds,
    Column,
    Contract,
    LegalBasis,
    LogicalType,
    MatchKind,
    PrivacyUnit,
    Role,
    Treatment,
)
from datalab.settings import Settings

ROWS = 100_000
TEXTS = 2_000
REPEATS = 3
BATCH = 10_000
MODEL = Settings.__dataclass_fields__["spacy_model"].default
STRING, DATE = LogicalType.STRING, LogicalType.DATE
WORDS = "the caller said that a man was seen near the shop and left before officers came to the scene later".split()  # noqa: SIM905 - prose


def contract(unit: PrivacyUnit, *columns: Column) -> Contract:
    """A contract with those columns."""
    return Contract(
        dataset="rows", version="1.0.0", title="Rows", description="", agency="county", privacy_unit=unit,
        max_rows_per_unit=5, key_space="rows", purpose="benchmark",
        legal_basis=LegalBasis(article_6="none", article_9=None, gateway="none", dpia="none"),
        retention_until=date(2030, 1, 1), columns=columns,
    )  # fmt: skip


KEY = Column(name="key", logical_type=STRING, role=Role.PERSON_KEY, treatment=Treatment.PSEUDONYMISE)
KEPT = Column(name="text", logical_type=STRING, role=Role.SENSITIVE, treatment=Treatment.KEEP)
NAMES = (
    Column(
        name="given", logical_type=STRING, role=Role.MATCH_FIELD, treatment=Treatment.DROP, match=MatchKind.GIVEN_NAME
    ),
    Column(
        name="surname", logical_type=STRING, role=Role.MATCH_FIELD, treatment=Treatment.DROP, match=MatchKind.SURNAME
    ),
    Column(
        name="born", logical_type=DATE, role=Role.MATCH_FIELD, treatment=Treatment.DROP, match=MatchKind.DATE_OF_BIRTH
    ),
)


def generalised(name: str, kind: LogicalType, rule: DateTo | AgeBand | PostcodeDistrict) -> Column:
    """A column with that generalisation."""
    bounds = Bounds(lower=date(1920, 1, 1), upper=date(2023, 12, 31), unit="day") if kind is DATE else None
    return Column(
        name=name, logical_type=kind, role=Role.QUASI_IDENTIFIER, treatment=Treatment.GENERALISE, generalisation=rule,
        bounds=bounds,
    )  # fmt: skip


CASES: dict[str, tuple[int, PrivacyUnit, tuple[Column, ...]]] = {
    "pass-through (floor)": (ROWS, PrivacyUnit.PUBLIC, (KEPT,)),
    "drop": (ROWS, PrivacyUnit.PUBLIC, (replace(KEPT, treatment=Treatment.DROP),)),
    "pseudonymise, 4 rows a key": (ROWS, PrivacyUnit.HOUSEHOLD, (KEY,)),
    "pseudonymise + match keys": (ROWS, PrivacyUnit.PERSON, (KEY, *NAMES)),
    "generalise: date to month": (
        ROWS, PrivacyUnit.PUBLIC, (generalised("born", DATE, DateTo(part=DatePart.MONTH)),),
    ),
    "generalise: age band": (
        ROWS, PrivacyUnit.PUBLIC, (generalised("born", DATE, AgeBand(width=10, top=90, reference=date(2024, 1, 1))),),
    ),
    "generalise: postcode district": (
        ROWS, PrivacyUnit.PUBLIC, (generalised("postcode", STRING, PostcodeDistrict()),),
    ),
    "redact, no two alike": (
        TEXTS, PrivacyUnit.PUBLIC, (replace(KEPT, role=Role.FREE_TEXT, treatment=Treatment.REDACT),),
    ),
    "redact + the row's own values": (
        TEXTS, PrivacyUnit.PUBLIC, (replace(KEPT, role=Role.FREE_TEXT, treatment=Treatment.REDACT), *NAMES),
    ),
}  # fmt: skip
"""What is measured: rows, unit and columns."""


def table(rows: int) -> list[pa.RecordBatch]:
    """Rows with every column, no two texts alike, about 150 characters each."""
    rng = random.Random(7)
    born = [date(1930, 1, 1) + timedelta(days=rng.randrange(33_000)) for _ in range(rows)]
    names = [f"Name{chr(97 + rng.randrange(26))}{chr(97 + rng.randrange(26))}" for _ in range(rows)]
    columns = {
        "_row": pa.array(range(rows), pa.int64()),
        "key": pa.array([f"N{rng.randrange(rows // 4 + 1):07d}" for _ in range(rows)]),
        "given": pa.array(names),
        "surname": pa.array([f"Sur{name[4:]}{rng.randrange(1000)}" for name in names]),
        "born": pa.array(born, pa.date32()),
        "postcode": pa.array([f"GU{rng.randrange(1, 30)} {rng.randrange(1, 10)}AB" for _ in range(rows)]),
        "text": pa.array(
            [
                f"{name} rang 07700 9{rng.randrange(100_000):05d}. {' '.join(rng.choices(WORDS, k=22))}. Ref {number}."
                for number, name in enumerate(names)
            ]
        ),
    }
    return pa.Table.from_pydict(columns).to_batches(max_chunksize=BATCH)


def seconds(batches: list[pa.RecordBatch], plan: TreatmentPlan, redactor: Redactor) -> float:
    """CPU seconds to treat the batches."""
    start = time.process_time()
    for batch in batches:
        treat(batch, plan, redactor)
    return time.process_time() - start


def main() -> None:
    """Run every case and print rows a second."""
    redactor = Redactor(load_recognisers(MODEL))
    redactor.redact(["Warm up, Mrs Okafor."])
    batches = {rows: table(rows) for rows in {rows for rows, _, _ in CASES.values()}}
    ring = KeyRing.throwaway()
    speeds: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(REPEATS):
        for name, (rows, unit, columns) in CASES.items():
            plan = plan_treatment(contract(unit, *columns), ring, extract_id="benchmark", spacy_model=MODEL)
            speeds[name].append(rows / seconds(batches[rows], plan, redactor))
    print(f"Python {sys.version.split()[0]}, {REPEATS} repeats in turn, rows a CPU second: median [lowest-highest]")
    for name, measured in speeds.items():
        median = statistics.median(measured)
        print(f"{name:32} {median:12,.0f}  [{min(measured):,.0f}-{max(measured):,.0f}]")


if __name__ == "__main__":
    main()
