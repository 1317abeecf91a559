"""The job behind an extract."""

from __future__ import annotations

from typing import Final

from datalab.jobs import Job, JobState

ACTOR: Final = "service:ingest"
"""Who acts, in the audit log."""
JOB_KIND: Final = "ingest"
_FENCES: Final = 1_000
"""More than one job's fence reaches before it is settled as failed (`datalab.jobs.MAX_ATTEMPTS` a step)."""


def new_job(extract_id: str, *, earlier: int = 0) -> Job:
    """Return a job for an extract, to be queued.

    Args:
        extract_id: the extract.
        earlier: how many jobs it had; an operator asks for another one when the first failed for the lab's own fault.
    """
    return Job(
        id=f"{JOB_KIND}-{extract_id}.{earlier + 1}",
        kind=JOB_KIND,
        subject=extract_id,
        state=JobState.QUEUED,
        step=None,
        results={},
        attempts=0,
        fence=0,
    )


def attempt_number(job: Job) -> int:
    """Return a number that grows with every attempt at an extract, by whichever worker and under whichever job."""
    return int(job.id.rpartition(".")[2]) * _FENCES + job.fence
