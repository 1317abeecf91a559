"""The way in against a model: whatever people do in whatever order, nothing is lost and nothing slips past."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from desk_lab import PROJECT
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from way_in_lab import CLOSE, MEMBER, OPERATOR, OUTSIDER, REVIEWER, WayInLab

from datalab.errors import DatalabError
from datalab.uploads import UploadState

NAMES = ("a.py", "b.csv", "c.zip")
CONTENTS = (b"1,2\n", b"x\x00y", b"\x7fELF\x01")
PEOPLE = (MEMBER, OUTSIDER, OPERATOR, REVIEWER, CLOSE)


class Files(RuleBasedStateMachine):
    """People bring files and decide on them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.lab = WayInLab(self.folder / "lab")
        self.approved: dict[str, bytes] = {}
        self.brought: dict[str, tuple[str, bytes]] = {}

    def teardown(self) -> None:
        """Take the lab away."""
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), content=st.sampled_from(CONTENTS), author=st.sampled_from(PEOPLE))
    def bring(self, name: str, content: bytes, author: str) -> None:
        """Somebody brings something."""
        try:
            upload = self.lab.way_in().bring(name, io.BytesIO(content), project=PROJECT.id, author=author)
        except DatalabError:
            return
        assert author in PROJECT.members
        self.brought[upload.id] = (name, content)

    @rule(place=st.integers(0, 5), person=st.sampled_from(PEOPLE), approve=st.booleans())
    def decide(self, place: int, person: str, approve: bool) -> None:  # noqa: FBT001
        """Somebody decides on some file."""
        if place >= len(self.brought):
            return
        upload_id = list(self.brought)[place]
        try:
            upload = self.lab.way_in().decide(upload_id, person=person, approve=approve, reason="So.")
        except DatalabError:
            return
        assert person in {OPERATOR, REVIEWER}
        if upload.state is UploadState.PLACED:
            name, content = self.brought[upload_id]
            self.approved[name] = content

    @invariant()
    def what_is_placed_was_approved(self) -> None:
        """The project's folder holds what somebody approved, byte for byte, and nothing else."""
        placed = {one.name: one.read_bytes() for one in self.lab.placed.iterdir()} if self.lab.placed.exists() else {}
        assert placed == self.approved
        assert all(content == CONTENTS[0] for content in placed.values())

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every file that was received has a row, and the bytes of those that wait lie there."""
        with self.lab.lab.control.read() as tx:
            rows = {one.id: one.state for one in tx.uploads.uploads()}
        assert rows.keys() == self.brought.keys()
        assert self.lab.held == sorted(one for one, state in rows.items() if state is UploadState.HELD)
        assert set(rows.values()) <= {UploadState.HELD, UploadState.PLACED, UploadState.REFUSED}


TestFiles = Files.TestCase
TestFiles.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
