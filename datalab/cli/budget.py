"""`datalab budget`: what custodians grant of privacy budget, and what is left."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from datalab.cli.options import ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen
from datalab.privacy.ledger import Account
from datalab.query.spend import exact_rho

app = typer.Typer(no_args_is_help=True)

Dataset = Annotated[str, typer.Argument(help="Name of the dataset.")]
Rho = Annotated[str, typer.Option(help="Amount of zCDP, such as 1/2 or 0.5; it is added to what was granted before.")]


@app.command()
def grant(dataset: Dataset, rho: Rho, actor: ActingAs, lab: LabHome = None) -> None:
    """Grant budget to a dataset, all projects together. Only a custodian of its agency may."""
    from datalab.wiring import open_lab, open_treasury  # noqa: PLC0415 - databases load only when asked for

    _say(open_treasury(open_lab(settings_of(lab))).grant(dataset, exact_rho(rho), actor=actor))


@app.command()
def allocate(
    project: Annotated[str, typer.Argument(help="Name of the project.")],
    dataset: Dataset,
    rho: Rho,
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Allocate a share of a dataset's budget to a project. Only a custodian of its agency may."""
    from datalab.wiring import open_lab, open_treasury  # noqa: PLC0415 - as above

    _say(open_treasury(open_lab(settings_of(lab))).allocate(project, dataset, exact_rho(rho), actor=actor))


@app.command()
def show(lab: LabHome = None) -> None:
    """Show every budget: granted, spent, left, and what that means as an epsilon."""
    from datalab.engine.noise import OpenDPNoise  # noqa: PLC0415 - OpenDP takes a moment to load
    from datalab.governance.policy import DEFAULT_POLICY  # noqa: PLC0415 - as above
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    noise, delta = OpenDPNoise(), DEFAULT_POLICY.delta
    table = Table(
        Column("account", no_wrap=True),
        *(Column(name, no_wrap=True, justify="right") for name in ("granted", "spent", "left", "epsilon left")),
        title=f"Privacy budgets in rho (epsilon at delta {float(delta):g})",
    )
    with open_lab(settings_of(lab)).release.read() as tx:
        for account in tx.ledger.accounts():
            table.add_row(
                account.name,
                *(str(rho).removeprefix("rho ") for rho in (account.granted, account.spent, account.remaining)),
                f"{noise.epsilon(account.remaining, delta):.2f}",
            )
    Screen().print(table)


def _say(account: Account) -> None:
    text = f"{account.name}: granted {account.granted}, spent {account.spent}, remaining {account.remaining}."
    Console(soft_wrap=True).print(text, markup=False, highlight=False)
