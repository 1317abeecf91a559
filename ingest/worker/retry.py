"""Another job for an extract whose first one failed, although nothing is wrong with the extract."""

from __future__ import annotations

from datetime import datetime

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import ExtractState
from datalab.control import ControlDatabase
from datalab.errors import StateError
from datalab.jobs import Job, JobState
from ingest.landing.job import ACTOR, new_job


def queue_again(control: ControlDatabase, extract_id: str, *, now: datetime) -> Job:
    """Queue a new job; it begins anew, and publishes nothing that an earlier one published.

    Raises:
        NotFoundError: if there is no such extract.
        StateError: if it is settled, or has a job that did not fail.
    """
    with control.begin() as transaction:
        extract = transaction.catalogue.extract(extract_id)
        jobs = transaction.jobs.jobs(extract_id)
        if extract.state is not ExtractState.RECEIVED or any(job.state is not JobState.FAILED for job in jobs):
            raise StateError(
                f"Extract {extract_id} needs no other job.",
                why=f"It is {extract.state.value}, or its job is still queued or running.",
            )
        job = new_job(extract_id, earlier=len(jobs))
        event = AuditEvent(action=Action.JOB_QUEUED, actor=ACTOR, subject=job.id, at=now)
        transaction.jobs.enqueue(job, event=event)
    return job
