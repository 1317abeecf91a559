"""A Spark session as the lab's sandboxes have it, for attempts: the lab's Python, Spark's settings, Java."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from sandboxes import MIB, SMALL

from escapes.trial import Kit, Trial
from infra.enclave.interior import interior_mounts, lab_environment

LIMITS = dataclasses.replace(SMALL, memory=1800 * MIB, processes=400, files=8192, cpu=2.0, temporary_bytes=256 * MIB)
SHOWN = {"spark.ui.enabled": "true", "spark.driver.bindAddress": "0.0.0.0"}  # noqa: S104 - the attempt's own
"""What a researcher who wants to be seen from outside would set."""
PORTS = {
    "spark.ui.port": "the Spark UI, seen from outside",
    "spark.driver.port": "Spark's own port, seen from outside",
    "spark.blockManager.port": "Spark's port of blocks, seen from outside",
}
"""Which setting is which attempt's port."""
WALLS = ("network", "processes", "mounts", "read_only", "privilege")
"""What the one control takes away, so that Java starts once: which wall holds what, the attempts without Spark show."""


def kit(trial: Trial) -> Kit:
    """Return what runs attempts in one Spark session."""
    folder = trial.house.place("spark", mode=0o755)
    mounts = interior_mounts(folder, LIMITS)
    for one in folder.iterdir():
        one.chmod(0o644)
    # Java takes what it finds of control groups for its own, and fails where the control shows it half of the host's.
    java = {"JDK_JAVA_OPTIONS": "-XX:-UseContainerSupport"}
    environment = lab_environment({}, user="alice", project="school-absence", prefix="/") | java
    return Kit(
        python=sys.executable,
        runner=Path(__file__).with_name("runner.py"),
        read_only=tuple(pair for pair in mounts if pair[1] != "/etc/jupyter"),
        environment=environment,
        limits=LIMITS,
        settings=SHOWN,
        ports=PORTS,
    )
