"""Where a lab may be found by browsers."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalab.errors import SettingsError
from datalab.settings import read_settings
from infra.hub.address import check_address


@pytest.mark.parametrize(
    "address",
    [
        "https://lab.example",
        "https://lab.example:8700",
        "http://lab.localhost:8700",
        "http://localhost:1",
        "http://127.0.0.1:8700",
        "http://[::1]:8700",
    ],
)
def test_an_address_by_tls_or_of_this_machine_is_taken(tmp_path: Path, address: str) -> None:
    """A lab is found by https anywhere, and by http at names and numbers of its own machine."""
    check_address(read_settings({"DATALAB_ADDRESS": address}, tmp_path))


@pytest.mark.parametrize(
    "address",
    [
        "http://lab.example",
        "http://lab.example:8700",
        "http://192.0.2.7",
        "http://localhost.example",
        "ftp://localhost",
        "https://",
        "lab.example",
        "//lab.localhost",
    ],
)
def test_an_open_address_elsewhere_is_refused(tmp_path: Path, address: str) -> None:
    """A lab without TLS at a name of elsewhere is not begun, and what to do is said."""
    with pytest.raises(SettingsError) as refusal:
        check_address(read_settings({"DATALAB_ADDRESS": address}, tmp_path))
    assert "https" in str(refusal.value.remedy)
