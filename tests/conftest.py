"""What every kind of test may use: the third-party extracts, and one Spark session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Folder of third-party extracts, or a skip that says it is absent."""
    folder = Path(os.environ.get("DATALAB_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("The third-party extracts are absent; set DATALAB_TEST_DATA to their folder.")
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One small Spark session for the whole run."""
    from datalab.engine.spark.session import open_session  # noqa: PLC0415 - only tests that ask for it pay for Java

    session = open_session("tests", scratch=tmp_path_factory.mktemp("spark"), master="local[2]", memory="1500m")
    yield session
    session.stop()
