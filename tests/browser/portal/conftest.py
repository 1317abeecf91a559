"""One running lab for all tests of the portal that a worker runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from open_house import programs_there
from portal_house import PortalHouse, portal_house


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalHouse]:
    """Run a lab with somebody of every kind."""
    if not programs_there():
        pytest.skip("needs bubblewrap and the proxy")
    with portal_house(tmp_path_factory.mktemp("portal") / "lab") as running:
        yield running
