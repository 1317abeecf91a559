"""A hostile workspace: JupyterLab in its sandbox, behind its door and in its frame, carries nothing out of it.

Everything is forged that a kernel can forge: the trust of a notebook, kernels, settings, extensions. The same workspace
under a bare JupyterLab is the control. The decisive ones are tried always, the others among the long-running tests.
"""

from __future__ import annotations

from typing import Any

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser.sinks import sinks
from escapes.notebook import NOTEBOOK, NotebookAttempt
from escapes.notebook.labs import bare, sandboxed
from escapes.notebook.show import try_in_lab
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enclave,
    pytest.mark.skipif(all(map(why_not, MODES)) or not CHROMIUM, reason="needs bubblewrap and Chromium"),
]
EVERY = [pytest.param(one, id=one.name, marks=() if one.decisive else pytest.mark.slow) for one in NOTEBOOK]


@pytest.fixture(scope="module")
def through(request: pytest.FixtureRequest) -> tuple[set[str], set[str]]:
    """Which attempts got through: in the sandboxed lab, and in the bare one."""
    own = (one for one in request.session.items if one.path == request.path)
    items: list[Any] = [one for one in own if "through" in getattr(one, "fixturenames", ())]
    chosen = tuple({one.callspec.params["attempt"].slug: one.callspec.params["attempt"] for one in items}.values())
    slugs = [one.slug for one in chosen]
    with chromium() as browser, sinks(slugs) as whole, sinks(slugs) as broken:
        with sandboxed(chosen, whole) as lab:
            held = try_in_lab(browser, chosen, lab, whole)
        with bare(chosen, broken) as lab:
            return held, try_in_lab(browser, chosen, lab, broken)


@pytest.mark.parametrize("attempt", EVERY)
def test_the_lab_holds_a_hostile_workspace(attempt: NotebookAttempt, through: tuple[set[str], set[str]]) -> None:
    """What the workspace holds makes neither the lab's server nor the browser reach a listener or a file outside."""
    assert attempt.slug not in through[0]


@pytest.mark.parametrize("attempt", EVERY)
def test_a_bare_jupyterlab_carries_it_out(attempt: NotebookAttempt, through: tuple[set[str], set[str]]) -> None:
    """The same workspace under a JupyterLab without sandbox, door and frame gets through."""
    assert attempt.slug in through[1]
