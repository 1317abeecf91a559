"""Files that cannot be a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from datalab.contract.odcs.contract_file import read_contract
from datalab.contract.odcs.tree import MAX_CONTRACT_BYTES
from datalab.errors import ContractError


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: \x00", "characters that no text file has"),
        (b"", "empty"),
        (b"- a\n- b\n", "mapping"),
        (b" " * (MAX_CONTRACT_BYTES + 1), "too large"),
        (b"a: &a [x]\nb: [*a, *a]\n", "Anchors"),
    ],
    ids=["binary", "control", "empty", "list", "large", "bomb"],
)
def test_a_file_that_is_no_contract_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """A file that cannot be a contract is refused with a contract error, whatever it holds."""
    file = tmp_path / "c.yaml"
    file.write_bytes(content)

    with pytest.raises(ContractError, match=says):
        read_contract(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A path that leads nowhere gives a contract error."""
    with pytest.raises(ContractError, match="cannot be opened"):
        read_contract(tmp_path / "none.yaml")
