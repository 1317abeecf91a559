"""Who did what to which: the events that every change of state writes.

Grammar of an action: `subject.verb`, past tense (`extract.received`). Actions are never renamed or reused, since
stored logs hold them; a new one is added with one line that says what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """Everything that can happen in the lab and is remembered."""

    LAB_CREATED = "lab.created"
    LAB_UPGRADED = "lab.upgraded"
    """The lab's databases were brought up to date with another version of its software."""
    PERSON_ADDED = "person.added"
    PERSON_SUSPENDED = "person.suspended"
    PERSON_REINSTATED = "person.reinstated"
    SIGN_IN_INVITED = "sign_in.invited"
    SIGN_IN_ENROLLED = "sign_in.enrolled"
    SIGN_IN_ADMITTED = "sign_in.admitted"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGN_IN_LOCKED = "sign_in.locked"
    AGENCY_REGISTERED = "agency.registered"
    PROJECT_CREATED = "project.created"
    PROJECT_CHANGED = "project.changed"
    CONTRACT_REGISTERED = "contract.registered"
    EXTRACT_RECEIVED = "extract.received"
    EXTRACT_DUPLICATE = "extract.duplicate"
    EXTRACT_REFUSED = "extract.refused"
    EXTRACT_QUARANTINED = "extract.quarantined"
    EXTRACT_SHREDDED = "extract.shredded"
    JOB_QUEUED = "job.queued"
    JOB_LEASED = "job.leased"
    JOB_STEP_DONE = "job.step_done"
    JOB_RELEASED = "job.released"
    """A step failed for a reason of the lab's own; the job is queued for another attempt."""
    JOB_FINISHED = "job.finished"
    JOB_FAILED = "job.failed"
    LINKAGE_GENERATION_PUBLISHED = "linkage.generation_published"
    VERSION_PUBLISHED = "version.published"
    VIEW_PUBLISHED = "view.published"
    BUDGET_GRANTED = "budget.granted"
    BUDGET_ALLOCATED = "budget.allocated"
    BUDGET_RESERVED = "budget.reserved"
    BUDGET_COMMITTED = "budget.committed"
    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_ANSWERED = "request.answered"
    REQUEST_FAILED = "request.failed"
    REQUEST_APPROVED = "request.approved"
    REQUEST_RETURNED = "request.returned"
    REQUEST_REJECTED = "request.rejected"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_RELEASED = "request.released"
    UPLOAD_RECEIVED = "upload.received"
    UPLOAD_CHECKED = "upload.checked"
    UPLOAD_HELD = "upload.held"
    UPLOAD_APPROVED = "upload.approved"
    UPLOAD_REFUSED = "upload.refused"
    UPLOAD_PLACED = "upload.placed"
    PACKAGES_SYNCED = "packages.synced"
    """The wheelhouse was brought to what its list says."""
    PACKAGES_LOCKED = "packages.locked"
    """A project's packages were chosen and laid out for its sandboxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened."""

    action: Action
    actor: str
    """User name of the person, or `service:ingest`, `service:release`."""
    subject: str
    """Identifier of the thing it happened to, such as an extract's or a request's."""
    at: datetime
    """When, in UTC, with its time zone."""
    details: Mapping[str, str | int] = field(default_factory=dict)
    """Names and counts that help a reader; never a value from the data."""

    def __post_init__(self) -> None:
        """Refuse a time without a zone: a log that mixes local times proves nothing."""
        if self.at.tzinfo is None:
            message = "An audit event needs a time with its zone."
            raise ValueError(message)
