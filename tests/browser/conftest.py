"""A running lab and a browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, chromium
from open_house import OpenHouse, open_house, programs_there
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    """Run a lab for this module."""
    if not programs_there():
        pytest.skip("needs bubblewrap and the proxy")
    with open_house(tmp_path_factory.mktemp("house") / "lab") as house:
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for this module."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    with chromium() as browser:
        yield browser
