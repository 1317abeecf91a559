"""One sandbox with the tests' own server for each mode, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sandboxes import MODES, House, Running, house, running, why_not


@pytest.fixture(scope="module", params=MODES)
def any_house(request: pytest.FixtureRequest) -> Iterator[House]:
    """Folders for sandboxes, once for each mode that this machine allows."""
    if reason := why_not(request.param):
        pytest.skip(reason)
    with house(request.param) as given:
        yield given


@pytest.fixture(scope="module")
def lab(any_house: House) -> Iterator[Running]:
    """A sandbox that serves the tests' own server in the place of JupyterLab."""
    with running(any_house, any_house.serving(shell_origin="http://portal.example")) as one:
        yield one


@pytest.fixture(scope="module")
def opened(any_house: House) -> Iterator[Running]:
    """The same, where programs of outputs run."""
    described = any_house.serving(shell_origin="http://portal.example")
    with running(any_house, replace(described, output_programs=True)) as one:
        yield one
