"""How often a lab says that it is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalab.settings import read_settings
from infra.hub.activity import seconds_between


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(1, 15), (2, 30), (4, 60), (10, 150), (20, 300), (60, 300), (600, 300)]
)
def test_a_lab_says_that_it_is_used_well_within_its_time(tmp_path: Path, minutes: int, seconds: int) -> None:
    """Four times in the time after which it is ended, no oftener than every 15 s and no more seldom than every 300."""
    assert seconds_between(read_settings({"DATALAB_IDLE_MINUTES": str(minutes)}, tmp_path)) == seconds
