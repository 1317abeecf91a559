"""Attempts of a Spark session to get out of its sandbox, all in one session: Java starts slowly."""

from __future__ import annotations

from escapes.attempt import Attempt
from escapes.spark.files import SPARK_FILES
from escapes.spark.network import SPARK_NETWORK

SPARK: tuple[Attempt, ...] = (*SPARK_FILES.attempts, *SPARK_NETWORK.attempts)
"""In this order: some of the last leave a session behind that can run nothing more."""
