"""The way in: a researcher brings a file, the lab checks it, a person decides where policy asks for one, it is placed.

Every step is one transaction with its audit event, who, which digest, what verdict; what a killed process left is
finished by `resume`, which every file brought begins with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from datalab.audit.event import Action, AuditEvent
from datalab.control import ControlDatabase, ControlTransaction
from datalab.errors import GovernanceError, InternalError, StateError, UploadError, UserError
from datalab.governance.office import acting_person
from datalab.governance.people import Person
from datalab.governance.project import Project
from datalab.intake.content import admit, is_text
from datalab.intake.names import kind_of_name
from datalab.intake.permission import DECIDERS, check_may_bring, check_may_decide, check_may_see
from datalab.intake.scanner import ABSENT, CLEAN, Clamd
from datalab.intake.shelf import Shelf
from datalab.uploads import UNFINISHED, Upload, UploadState

SERVICE = "service:intake"
"""Who acts where the lab itself does."""
ABANDONED = timedelta(minutes=10)
"""How long after a file was received its steps may still be running: scan and reading have shorter limits."""
SHOWN = 20_000
"""Bytes of a text that are shown to who decides on it."""
LONGEST_REASON = 2000
ACTIONS = {
    UploadState.CHECKED: Action.UPLOAD_CHECKED,
    UploadState.HELD: Action.UPLOAD_HELD,
    UploadState.APPROVED: Action.UPLOAD_APPROVED,
    UploadState.REFUSED: Action.UPLOAD_REFUSED,
    UploadState.PLACED: Action.UPLOAD_PLACED,
}


LARGEST = 128
"""MiB that an operator may let one file have: it comes through one form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the lab's operator chose."""

    most: int
    """Bytes of one file."""
    most_of_project: int
    """Bytes of all files of a project that wait or are placed."""
    approval: bool
    """Whether a person decides on every file."""
    scan: bool
    """Whether a file needs the verdict of a malware scanner, so that without one nothing comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file, as who decides on it sees it."""

    upload: Upload
    beginning: str
    """The first characters of a text; empty for what is none, or is not held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """The way in of one lab."""

    control: ControlDatabase = field(repr=False)
    shelf: Shelf
    scanner: Clamd
    rules: Rules
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def bring(self, name: str, content: BinaryIO, *, project: str, author: str) -> Upload:
        """Take a file, check it and move it on as far as it goes without a person.

        Args:
            name: as it will be called.
            content: its bytes.
            project: whose sandboxes will show it.
            author: user name of who brings it.

        Returns:
            The file, held, placed or refused; its reason says why.

        Raises:
            PermissionDeniedError: if the author is no member of the project.
            StateError: if the project has ended, has a file of that name, or has no room left.
            UploadError: if the name is none that comes in, or the file is too large: then nothing of it was kept.
        """
        self.resume()
        with self.control.read() as tx:
            found = tx.governance.project(project)
            check_may_bring(acting_person(tx.governance, author), project=found, today=self.clock().date())
            self._check_room(tx, project, 1)  # before anything is written down
        upload_id = self.new_id()
        try:
            kind_of_name(name)
            size, digest = self.shelf.receive(upload_id, content, most=self.rules.most)
        except UploadError as error:
            with self.control.begin() as tx:
                details = {"project": project, "reason": error.what}
                tx.record(event=self._event(Action.UPLOAD_REFUSED, author, upload_id, **details))
            raise
        received = Upload(
            id=upload_id,
            project=project,
            name=name,
            author=author,
            size=size,
            digest=digest,
            state=UploadState.RECEIVED,
            received_at=self.clock(),
        )
        details = {"project": project, "name": name, "sha256": digest}
        try:
            with self.control.begin() as tx:
                self._check_room(tx, project, size)
                event = self._event(Action.UPLOAD_RECEIVED, author, upload_id, **details, size=size)
                tx.uploads.add_upload(received, event=event)
        except UserError:
            self.shelf.forget(upload_id)
            raise
        return self._advance(received)

    def uploads(self, *, project: str, person: str) -> tuple[Upload, ...]:
        """Return what was brought to a project, newest first; raises PermissionDeniedError and NotFoundError."""
        with self.control.read() as tx:
            check_may_see(acting_person(tx.governance, person), project=tx.governance.project(project))
            return tuple(reversed(tx.uploads.uploads(project)))

    def waiting(self, *, person: str) -> tuple[Upload, ...]:
        """Return the files that this person may decide on, oldest first."""
        with self.control.read() as tx:
            who = acting_person(tx.governance, person)
            if not who.roles & DECIDERS:
                return ()
            held = [one for one in tx.uploads.uploads() if one.state is UploadState.HELD]
            return tuple(one for one in held if _may_decide(who, tx.governance.project(one.project), one))

    def sheet(self, upload_id: str, *, person: str) -> Sheet:
        """Return one file to who may decide on it; raises PermissionDeniedError and NotFoundError."""
        with self.control.read() as tx:
            upload = tx.uploads.upload(upload_id)
            self._check_decider(tx, person, upload)
        shown = upload.state is UploadState.HELD and is_text(upload.kind)
        return Sheet(upload=upload, beginning=self.shelf.beginning(upload_id, most=SHOWN) if shown else "")

    def decide(self, upload_id: str, *, person: str, approve: bool, reason: str) -> Upload:
        """Approve or refuse a file that waits.

        Raises:
            PermissionDeniedError: if this person may not.
            StateError: if it does not wait.
            GovernanceError: if no reason is given.
        """
        said = reason.strip()
        if not said or len(said) > LONGEST_REASON:
            raise GovernanceError(
                "A decision needs its reason.",
                why=f"Who brought the file reads it; at most {LONGEST_REASON} characters.",
                remedy="Say in a sentence why.",
            )
        with self.control.begin() as tx:
            upload = tx.uploads.upload(upload_id)
            self._check_decider(tx, person, upload)
            state = UploadState.APPROVED if approve else UploadState.REFUSED
            moved = self._move(tx, replace(upload, decided_by=person, reason=said), state, actor=person)
        if moved.state is UploadState.REFUSED:
            self.shelf.forget(upload_id)
        return self._advance(moved)

    def resume(self) -> None:
        """Finish what a process that was killed left half done; what is younger may still be in another's hands."""
        before = self.clock() - ABANDONED
        with self.control.read() as tx:
            left = [one for one in tx.uploads.uploads() if one.state in UNFINISHED and one.received_at < before]
        for one in left:
            self._advance(one)

    def _advance(self, upload: Upload) -> Upload:
        while upload.state in UNFINISHED:
            match upload.state:
                case UploadState.RECEIVED:
                    upload = self._check(upload)
                case UploadState.CHECKED:
                    upload = self._hold_or_approve(upload)
                case _:
                    upload = self._place(upload)
        return upload

    def _check(self, upload: Upload) -> Upload:
        scan = ""
        try:
            scan = self._scan(upload)
            kind, instead = admit(self.shelf.held(upload.id), upload.name)
        except (UploadError, InternalError, FileNotFoundError) as error:
            return self._refuse(replace(upload, scan=scan or "refused"), error)
        if instead is not None:
            self.shelf.replace(upload.id, instead)
        checked = replace(upload, kind=kind, scan=scan, placed_digest=self.shelf.digest(upload.id))
        with self.control.begin() as tx:
            return self._move(tx, checked, UploadState.CHECKED, actor=SERVICE)

    def _scan(self, upload: Upload) -> str:
        verdict = self.scanner.scan(self.shelf.held(upload.id))
        if verdict == ABSENT and self.rules.scan:
            raise UploadError(
                "No malware scanner is there, and this lab takes no file without one.",
                remedy="Ask an operator to start clamd.",
            )
        if verdict not in {CLEAN, ABSENT}:
            raise UploadError(
                f"The malware scanner found {verdict} in that file.",
                remedy="Do not open it, and tell your organisation.",
            )
        return verdict

    def _hold_or_approve(self, upload: Upload) -> Upload:
        with self.control.begin() as tx:
            if self.rules.approval:
                return self._move(tx, upload, UploadState.HELD, actor=SERVICE)
            waived = replace(upload, decided_by=SERVICE, reason="This lab asks for no person's decision.")
            return self._move(tx, waived, UploadState.APPROVED, actor=SERVICE)

    def _place(self, upload: Upload) -> Upload:
        try:
            self.shelf.place(upload.id, upload.project, upload.name, digest=upload.placed_digest)
        except (InternalError, FileNotFoundError) as error:
            return self._refuse(upload, error)
        with self.control.begin() as tx:
            moved = self._move(tx, upload, UploadState.PLACED, actor=SERVICE)
        self.shelf.forget(upload.id)
        return moved

    def _refuse(self, upload: Upload, error: Exception) -> Upload:
        why = "The lab lost its bytes. Bring it again." if isinstance(error, FileNotFoundError) else str(error)
        with self.control.begin() as tx:
            refused = replace(upload, decided_by=SERVICE, reason=why)
            moved = self._move(tx, refused, UploadState.REFUSED, actor=SERVICE)
        self.shelf.forget(upload.id)
        return moved

    def _move(self, tx: ControlTransaction, upload: Upload, state: UploadState, *, actor: str) -> Upload:
        details = {"project": upload.project, "sha256": upload.placed_digest or upload.digest, "scan": upload.scan}
        if upload.kind:
            details["kind"] = upload.kind
        if upload.reason:
            details["reason"] = upload.reason
        return tx.uploads.move_upload(upload, state, event=self._event(ACTIONS[state], actor, upload.id, **details))

    def _check_room(self, tx: ControlTransaction, project: str, size: int) -> None:
        taken = sum(one.size for one in tx.uploads.uploads(project) if one.state is not UploadState.REFUSED)
        if taken + size > self.rules.most_of_project:
            raise StateError(
                "That file does not fit beside the project's others.",
                why=f"They may have {self.rules.most_of_project >> 20} MiB together, and have {taken >> 20} MiB.",
                remedy="Wait for a decision on those that wait, or ask an operator to set upload_total_mebibytes "
                "higher. The files that are there stay.",
            )

    def _check_decider(self, tx: ControlTransaction, person: str, upload: Upload) -> None:
        check_may_decide(
            acting_person(tx.governance, person), project=tx.governance.project(upload.project), author=upload.author
        )

    def _event(self, action: Action, actor: str, subject: str, **details: str | int) -> AuditEvent:
        return AuditEvent(action=action, actor=actor, subject=subject, at=self.clock(), details=details)


def _may_decide(person: Person, project: Project, upload: Upload) -> bool:
    return person.username != upload.author and person.username not in project.members
