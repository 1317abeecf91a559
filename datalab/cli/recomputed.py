"""What came of computing stored charges again, as a table: for `datalab budget recompute` and `datalab lab upgrade`."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version

import typer
from rich.table import Table

from datalab.cli.screen import Screen
from datalab.engine.noise import OpenDPNoise
from datalab.errors import RecomputeError
from datalab.privacy.recompute import SOUND, recompute
from datalab.wiring import Lab


def report(lab: Lab) -> None:
    """Compute every stored charge again and print what differs to a person's harm.

    Raises:
        RecomputeError: if a charge is higher now than it was, or cannot be computed.
    """
    with lab.release.read() as tx:
        found = recompute(tx.ledger.charges(), OpenDPNoise().recost)
    counts = Counter(one.finding for one in found)
    told = ", ".join(f"{count} {finding.value}" for finding, count in sorted(counts.items())) or "none"
    typer.echo(f"charges computed again with opendp {version('opendp')}: {told}.")
    wrong = [one for one in found if one.finding not in SOUND]
    if not wrong:
        return
    table = Table("request", "account", "charged", "with", "now", title="Charges that do not hold")
    for one in wrong:
        charge = one.charge
        now = one.finding.value if one.now is None else str(one.now)
        table.add_row(charge.key, charge.account, str(charge.amount), charge.software, now)
    Screen().print(table)
    raise RecomputeError(
        f"{len(wrong)} charge(s) are higher now than what was charged, or cannot be computed.",
        why="The noise library corrected its proof, or the stored mechanism is one that this version does not know.",
        remedy="Tell the custodians of these datasets what was spent in truth before anything else is asked of them.",
    )
