"""The runner of durable jobs: lease, work, commit, step by step, until done or refused.

A job's steps are a list in code (`Step`); what each returned is in the database (`datalab.jobs`). See there for the
rules that this room keeps.
"""

from datalab.runner.run import Watcher, run_next
from datalab.runner.step import JobContext, Phase, Step, StepOutcome
from datalab.runner.worker import is_dead, worker_name

__all__ = ["JobContext", "Phase", "Step", "StepOutcome", "Watcher", "is_dead", "run_next", "worker_name"]
