"""The ingest worker's Spark session: started when first needed, in its own scratch folder, stopped with the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import SparkSession

from datalab.engine.spark.session import open_session
from datalab.settings import Settings

JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
"""Compile quickly and never thoroughly: an extract is hundreds of short queries, each new to Java, beside Python that
does the heavy part. Steps took about half the time in trials. Java then reserves 48 MB for compiled code by itself
instead of 240, which some hundred queries fill, and then it stops dead ("Out of space in CodeCache")."""


BATCH_BYTES = 32 * 2**20
"""Most bytes of a batch of rows that Spark hands to a Python worker, but for a single row with more."""


@dataclass(kw_only=True)
class IngestSession:
    """A Spark session that starts late."""

    settings: Settings
    folder: Path
    _session: SparkSession | None = field(default=None, init=False, repr=False)

    @property
    def spark(self) -> SparkSession:
        """The session; starting it takes some seconds."""
        if self._session is None:
            place = self.folder / "spark-session"
            place.mkdir(mode=0o700, exist_ok=True)
            self._session = open_session(
                "datalab ingest",
                scratch=place,
                master=self.settings.spark_master,
                memory=self.settings.spark_memory,
                shuffle_partitions=self.settings.shuffle_partitions,
                java_options=JAVA_OPTIONS,
            )
            # Spark's default (INT96) says nothing of a zone, and other readers take it for local time.
            self._session.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            # Spark counts rows by default: ten thousand judgments are more than a Python worker should hold.
            self._session.conf.set("spark.sql.execution.arrow.maxBytesPerBatch", BATCH_BYTES)
        return self._session

    def stop(self) -> None:
        """Stop Spark, if it was started."""
        if self._session is not None:
            self._session.stop()
            self._session = None
