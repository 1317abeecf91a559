"""How large a delta may be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import typer
from desk_lab import PRIVATE_PEM
from typer.testing import CliRunner, Result

from datalab.cli import budget
from datalab.errors import GovernanceError
from datalab.privacy.accounts.delta import check_delta
from datalab.privacy.budget import Budget


@pytest.mark.parametrize(
    ("delta", "units", "most"),
    [
        ("0", None, None),
        ("0", 10**9, None),
        ("1e-3", None, None),
        ("1e-7", 10**5, None),
        ("1e-8", 10**6, None),
        ("1/2", None, 1),
        ("1e-2", 1, 1),
    ],
)
def test_a_small_delta_passes(delta: str, units: int | None, most: int | None) -> None:
    """A delta passes up to a thousandth and a hundredth of one in the units, and a large one where it is meant."""
    check_delta(Budget.read("1", delta), units=units, **({} if most is None else {"most": Fraction(most)}))


@pytest.mark.parametrize(
    ("delta", "units", "told"),
    [
        ("1/2", None, "--allow-large-delta"),
        ("1.000000001e-3", None, "--allow-large-delta"),
        ("1.01e-8", 10**6, "Give at most 1e-8, a hundredth of one in 1,000,000"),
        ("1e-6", 10**6, "about 1 units"),
        ("1e-7", 0, "at least one unit"),
    ],
)
def test_a_large_delta_is_refused_with_what_to_give(delta: str, units: int | None, told: str) -> None:
    """What is near one in the number of units, or above a thousandth, is refused, and the refusal says what to do."""
    with pytest.raises(GovernanceError, match=told):
        check_delta(Budget.read("1", delta), units=units)


def sign(folder: Path, *words: str) -> Result:
    """Sign an act as a custodian does, on a machine without a lab."""
    (folder / "police.key").write_bytes(PRIVATE_PEM)
    app = typer.Typer()
    app.add_typer(budget.app, name="budget")
    act = ["budget", "sign", "incidents", "--agency", "police", "--rho", "1", "--signing-key", f"{folder}/police.key"]
    return CliRunner().invoke(app, [*act, "--out", f"{folder}/act.json", *words])


def test_a_large_delta_is_not_signed_by_mistake(tmp_path: Path) -> None:
    """Signing refuses it before anything is written, and takes it where the custodian says that it is meant."""
    for words in (("--delta", "0.5"), ("--delta", "1e-6", "--units", "50000")):
        assert isinstance(sign(tmp_path, *words).exception, GovernanceError)
        assert not (tmp_path / "act.json").exists()
    signed = sign(tmp_path, "--delta", "0.5", "--allow-large-delta")
    assert "rho 1, delta 5e-1" in signed.output
    assert "each lab to which you deliver this dataset would take it, once" in " ".join(signed.output.split())
    assert (tmp_path / "act.json").exists()
