"""Laws 5 and 10: a project's key is in no plan of its view, and two projects share no pseudonym."""

from __future__ import annotations

import contextlib
import io
from base64 import b64encode
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from anonymise.keys.keyring import NamedKey
from anonymise.keys.pseudonyms import unit_id
from anonymise.spark.linkage import link, view_ids
from anonymise.spark.spine_files import read_links

pytestmark = pytest.mark.spark
FIRST = NamedKey(name="project/a", version=1, secret=b"PlantedKeyOfTheFirstProject-0001")
SECOND = NamedKey(name="project/b", version=1, secret=b"PlantedKeyOfTheSecondProject-002")


@pytest.fixture(scope="module")
def generation(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spine of two people of one agency."""
    out = tmp_path_factory.mktemp("spine") / "g1"
    pq.write_table(pa.table({"unit_ref": ["u1", "u2"]}), out.with_name("rows.parquet"))
    incoming = spark.read.parquet(str(out.with_name("rows.parquet")))
    link(spark, incoming, key_space="police", generation=1, previous=None, out=out)
    return out


def test_no_plan_shows_the_key(spark: SparkSession, generation: Path) -> None:
    """Neither the plans that can be shown, nor the lineage, hold the key in any spelling."""
    frame = view_ids(spark, generation, key_space="police", key=FIRST)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        for mode in ("extended", "formatted", "codegen", "cost"):
            frame.explain(mode=mode)
    frame.collect()
    text = f"{shown.getvalue()}{frame._jdf.queryExecution().toString()}{frame.rdd.toDebugString()!r}{frame!r}"

    assert "translate" in text
    for spelling in (FIRST.secret.decode(), FIRST.secret.hex(), b64encode(FIRST.secret).decode()):
        assert spelling not in text


def test_a_view_s_pseudonym_is_the_spine_id_s(spark: SparkSession, generation: Path) -> None:
    """Each reference gets the HMAC of its person's spine id, and other agencies' references none."""
    spine = {row["unit_ref"]: row["spine_id"] for row in read_links(spark, generation).collect()}

    found = {
        row["unit_ref"]: row["unit_id"] for row in view_ids(spark, generation, key_space="police", key=FIRST).collect()
    }

    assert found == {reference: unit_id(FIRST, spine_id) for reference, spine_id in spine.items()}
    assert view_ids(spark, generation, key_space="school", key=FIRST).collect() == []


def test_two_projects_cannot_be_joined(spark: SparkSession, generation: Path) -> None:
    """No pseudonym of one project stands in another."""
    first, second = (
        {row["unit_id"] for row in view_ids(spark, generation, key_space="police", key=key).collect()}
        for key in (FIRST, SECOND)
    )

    assert len(first) == len(second) == 2
    assert first.isdisjoint(second)
