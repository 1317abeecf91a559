"""The lab on a Spark cluster: another master in the settings, and nothing else is different."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from cluster_questions import QUESTIONS
from offences import Row, offence, plan_of, visit, write
from spark_cluster import WORKERS, standalone_cluster

from datalab.engine.reference import ReferenceEngine
from datalab.settings import Settings, read_settings

SUPPORT = Path(__file__).parents[1] / "support"
DAYS = 365


def sample_tables() -> dict[str, list[Row]]:
    """Return offences and visits of sixty people."""
    dice = random.Random(20261125)

    def day() -> date:
        return date(2024, 1, 1) + timedelta(days=dice.randrange(DAYS))

    offences = [
        offence(
            f"u{dice.randrange(60)}",
            kind=dice.choice(["arson", "burglary", "theft"]),
            ward=dice.choice(["north", "south", None]),
            minutes=dice.choice([None, *range(-20, 500, 7)]),
            on=day(),
        )
        for _ in range(600)
    ]
    return {"offences": offences, "visits": [visit(f"u{dice.randrange(60)}", seen_on=day()) for _ in range(300)]}


def answered(master: str, tables: Path, scratch: Path) -> list[dict[str, object]]:
    """Return what a process of its own answers on a master."""
    scratch.mkdir()
    paths = os.pathsep.join([str(SUPPORT), str(SUPPORT.parents[1])])
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "cluster_child.py"), master, str(tables), str(scratch)],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.spark
def test_a_cluster_of_two_workers_gives_the_same_cells(tmp_path: Path) -> None:
    """Asked on a standalone cluster, each question gives exactly the reference's integers, computed by the workers."""
    rows = sample_tables()
    tables = tmp_path / "tables"
    tables.mkdir()
    for dataset in rows:
        write(None, tables, dataset, rows[dataset], buckets=0)
    with standalone_cluster(tmp_path) as master:
        *answers, last = answered(master, tables, tmp_path / "scratch")

    assert last == {"workers": WORKERS}
    for answer in answers:
        plan = plan_of(QUESTIONS[str(answer["question"])])
        expected = ReferenceEngine().cells(plan, {source.dataset: rows[source.dataset] for source in plan.sources})
        assert answer["vectors"] == {name: list(vector) for name, vector in expected.vectors.items()}
    assert [answer["question"] for answer in answers] == list(QUESTIONS)


def test_the_master_is_one_setting(tmp_path: Path) -> None:
    """`spark_master` in lab.toml or DATALAB_SPARK_MASTER is all that an operator changes."""
    home = tmp_path / "lab"
    home.mkdir()
    (home / "lab.toml").write_text('spark_master = "spark://192.0.2.1:7077"\n')

    settings: Settings = read_settings({}, home)

    assert settings.spark_master == "spark://192.0.2.1:7077"
