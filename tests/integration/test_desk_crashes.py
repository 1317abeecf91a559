"""Kill -9 at every step of the way out: nothing is paid twice, published twice, freed, or lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desk_lab import DeskLab, build, question

from datalab.audit.log import verify
from datalab.privacy.ledger import ChargeState
from datalab.release.bundle.document import verify_bundle
from datalab.release.request import ReleaseRequest, RequestState
from datalab.release.step import Step

SUPPORT = Path(__file__).parents[1] / "support"
TENTH = 10**8
BEFORE_PAYMENT = (Step.PERMITTED, Step.CHECKED, Step.PRICED)
SUBMITTING = (*BEFORE_PAYMENT, Step.RESERVED, Step.CELLS, Step.NOISED, Step.ANSWERED)
RELEASING = (Step.DECIDED, Step.WRITTEN, Step.OUT, Step.RELEASED)


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab with a budget of rho 1."""
    return build(tmp_path / "lab")


def kill(lab: DeskLab, deed: str, step: Step, subject: str = "0") -> None:
    """Let a child process do a deed, and see that the step killed it."""
    child = subprocess.run(
        [sys.executable, str(SUPPORT / "desk_child.py"), str(lab.folder), deed, step.value, subject],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr


def only_request(lab: DeskLab) -> ReleaseRequest:
    """Return the one request there is."""
    with lab.release.read() as tx:
        (request,) = tx.requests.requests()
    return request


def check_books(lab: DeskLab, *, charges: int) -> None:
    """Check that charges and accounts agree, all are committed, and the audit log holds."""
    with lab.release.read() as tx:
        made = tx.ledger.charges("project/safer/incidents")
        verify(tx.audit.entries())
    assert [charge.state for charge in made] == [ChargeState.COMMITTED] * charges
    assert lab.spent() == lab.spent("dataset/incidents") == charges * TENTH


@pytest.mark.parametrize("step", SUBMITTING)
def test_a_killed_submission_is_paid_at_most_once_and_finished(lab: DeskLab, step: Step) -> None:
    """Killed before payment it left nothing; killed after, it is paid, stays paid, and is answered on resumption."""
    kill(lab, "submit", step)

    paid = step not in BEFORE_PAYMENT
    assert lab.spent() == (TENTH if paid else 0)
    resumed = lab.desk.resume()
    assert len(resumed) == (1 if step in (Step.RESERVED, Step.CELLS, Step.NOISED) else 0)
    again = lab.desk.submit(question(), project="safer", author="ann")
    assert again == only_request(lab)
    assert again.state is RequestState.ANSWERED
    check_books(lab, charges=1)


@pytest.mark.parametrize("step", [Step.RESERVED, Step.CELLS, Step.NOISED])
def test_asking_again_finishes_what_was_killed(lab: DeskLab, step: Step) -> None:
    """Without a resumption, the author's own next try finds the reservation and is not charged again."""
    kill(lab, "submit", step)

    request = lab.desk.submit(question(), project="safer", author="ann")

    assert request == only_request(lab)
    assert request.state is RequestState.ANSWERED
    check_books(lab, charges=1)
    assert lab.desk.resume() == ()


@pytest.mark.parametrize("step", RELEASING)
def test_a_killed_release_is_finished_once(lab: DeskLab, step: Step) -> None:
    """Killed anywhere between decision and release, exactly one bundle comes out, and it never changes again."""
    request = lab.desk.submit(question(), project="safer", author="ann")
    kill(lab, "approve", step, request.id)

    was_out = {name: lab.desk.outbox.path(name).read_bytes() for name in lab.bundles()}
    assert len(was_out) == (1 if step in (Step.OUT, Step.RELEASED) else 0)
    lab.desk.resume()

    released = only_request(lab)
    assert released.state is RequestState.RELEASED
    assert lab.bundles() == [released.bundle]
    after = lab.desk.outbox.path(released.bundle or "").read_bytes()
    assert all(before == after for before in was_out.values())
    assert verify_bundle(lab.desk.outbox.path(released.bundle or ""), lab.desk.key.public_pem).request == request.id
    assert [path for path in lab.desk.outbox.folder.rglob("*") if path.is_file()] == [
        lab.desk.outbox.path(released.bundle or "")
    ]
    check_books(lab, charges=1)
    assert lab.desk.resume() == ()


@pytest.mark.parametrize("step", [Step.CELLS, Step.NOISED, Step.ANSWERED, Step.WRITTEN, Step.OUT])
def test_a_killed_resumption_is_resumed(lab: DeskLab, step: Step) -> None:
    """The one who cleans up may be killed as well."""
    request = lab.desk.submit(question(1), project="safer", author="ann")
    kill(lab, "approve", Step.DECIDED, request.id)
    kill(lab, "submit", Step.RESERVED)

    kill(lab, "resume", step)
    lab.desk.resume()

    with lab.release.read() as tx:
        states = sorted(one.state.value for one in tx.requests.requests())
    assert states == ["answered", "released"]
    assert lab.bundles() == [f"{request.id}.zip"]
    check_books(lab, charges=2)
