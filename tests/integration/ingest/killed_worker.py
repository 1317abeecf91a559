"""An ingest worker that kills itself: `killed_worker.py HOME STEP PHASE`; with STEP `none` it works to the end."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from datalab.jobs import Job
from datalab.runner import Phase, Step
from datalab.settings import Settings
from ingest.worker.worker import open_worker


def main() -> None:
    """Work, and die by SIGKILL at the step and phase that were named."""
    home, name, when = sys.argv[1:4]

    def die(job: Job, step: Step, phase: Phase) -> None:
        del job
        if step.name == name and phase.value == when:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(home=Path(home), spark_master="local[2]", spark_memory="1g", shuffle_partitions=2, buckets=2)
    with open_worker(settings, observer=die) as worker:
        worker.run_until_empty()


if __name__ == "__main__":
    main()
