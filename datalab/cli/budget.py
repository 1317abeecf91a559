"""`datalab budget`: what custodians give of privacy budget by signed acts, what is left, and what it would cost now."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from datalab.cli.options import ActingAs, LabHome, settings_of
from datalab.cli.screen import Screen, say
from datalab.errors import GovernanceError
from datalab.privacy.accounts.account import Account
from datalab.privacy.accounts.act import MAX_ACT_BYTES, BudgetAct, SignedAct, read_signed_act, write_signed_act
from datalab.privacy.accounts.delta import MOST_DELTA, check_delta
from datalab.privacy.budget import Budget

app = typer.Typer(no_args_is_help=True)

ACT = ".json"
"""Ending of a signed act's file: no dataset or project has a dot in its name."""
Rho = Annotated[
    str | None, typer.Option(help="Amount of zCDP, such as 1/2 or 0.5; it is added to what was granted before.")
]
Delta = Annotated[
    str, typer.Option(help="Approximate part, such as 1e-7: what questions with unlisted keys cost beside rho.")
]
Member = Annotated[
    str | None, typer.Option(help="A member of the project: the amount is this person's own limit in the share.")
]
Units = Annotated[
    int | None,
    typer.Option(help="How many persons or other units the dataset has: delta must be far below one in that."),
]
LargeDelta = Annotated[bool, typer.Option("--allow-large-delta", help="Give a delta above 1e-3 all the same.")]
SigningKey = Annotated[
    Path | None, typer.Option(help="The agency's private key, on its custodian's machine.", exists=True, dir_okay=False)
]


@app.command()
def sign(
    dataset: Annotated[str, typer.Argument(help="Name of the dataset.")],
    *,
    agency: Annotated[str, typer.Option(help="Short name of the dataset's agency.")],
    rho: Annotated[str, typer.Option(help="Amount of zCDP, such as 1/2 or 0.5.")],
    delta: Delta = "0",
    project: Annotated[str | None, typer.Option(help="The project that gets a share; without it, the dataset.")] = None,
    member: Member = None,
    units: Units = None,
    allow_large_delta: LargeDelta = False,
    signing_key: Annotated[Path, typer.Option(help="The agency's private key.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="File to write, ending in .json.")],
) -> None:
    """Sign a budget act on the custodian's own machine; touches no lab. The act is good for one time."""
    from datalab.release.signed_act import draft_act, sign_act  # noqa: PLC0415 - cryptography loads only when asked for

    amount = Budget.read(rho, delta)
    check_delta(amount, units=units, most=_most(allow_large_delta))
    act = draft_act(
        agency=agency,
        dataset=dataset,
        amount=amount,
        project=project,
        member=member,
        now=datetime.now(UTC),
    )
    if out.suffix != ACT:
        raise GovernanceError("A budget act is written to a file ending in .json.", remedy="Name one with --out.")
    out.write_text(write_signed_act(sign_act(act, signing_key.read_bytes())), encoding="utf-8")
    say(f"Signed: {act.amount.in_full} for {act.account}. Give {out} to the lab.")
    say("The act does not say for which lab: each lab to which you deliver this dataset would take it, once.")


@app.command()
def grant(
    dataset: Annotated[str, typer.Argument(metavar="DATASET|ACT", help="A dataset, or the file of a signed act.")],
    *,
    rho: Rho = None,
    delta: Delta = "0",
    units: Units = None,
    allow_large_delta: LargeDelta = False,
    signing_key: SigningKey = None,
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Grant budget to a dataset, all projects together, by an act that its custodian signed, or signs here."""
    from datalab.wiring import open_lab, open_treasury  # noqa: PLC0415 - databases load only when asked for

    treasury = open_treasury(open_lab(settings_of(lab)))
    if dataset.endswith(ACT):
        _check_alone(rho, signing_key)
        signed = _read(Path(dataset))
        check_delta(signed.act.amount, units=units, most=_most(allow_large_delta))
    else:
        amount, key = _stated(rho, delta, signing_key)
        check_delta(amount, units=units, most=_most(allow_large_delta))
        signed = _sign(treasury.draft(dataset, amount), key)
    _say(treasury.grant(signed, actor=actor))


@app.command()
def allocate(
    project: Annotated[str, typer.Argument(metavar="PROJECT|ACT", help="A project, or the file of a signed act.")],
    dataset: Annotated[str | None, typer.Argument(help="Name of the dataset; not with an act.")] = None,
    *,
    member: Member = None,
    rho: Rho = None,
    delta: Delta = "0",
    units: Units = None,
    allow_large_delta: LargeDelta = False,
    signing_key: SigningKey = None,
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Allocate a share of a dataset's budget to a project, or within it to a member, by a signed act."""
    from datalab.wiring import open_lab, open_treasury  # noqa: PLC0415 - as above

    treasury = open_treasury(open_lab(settings_of(lab)))
    if project.endswith(ACT):
        _check_alone(dataset, member, rho, signing_key)
        signed = _read(Path(project))
        check_delta(signed.act.amount, units=units, most=_most(allow_large_delta))
    elif dataset is None:
        raise GovernanceError("A share is of a dataset.", remedy="Name the project and then the dataset; or an act.")
    else:
        amount, key = _stated(rho, delta, signing_key)
        check_delta(amount, units=units, most=_most(allow_large_delta))
        signed = _sign(treasury.draft(dataset, amount, project=project, member=member), key)
    _say(treasury.allocate(signed, actor=actor))


@app.command()
def show(lab: LabHome = None) -> None:
    """Show every budget: granted, spent, left, and what that means as an epsilon at a delta."""
    from datalab.engine.noise import OpenDPNoise  # noqa: PLC0415 - OpenDP takes a moment to load
    from datalab.governance.policy import DEFAULT_POLICY  # noqa: PLC0415 - as above
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    noise = OpenDPNoise()
    table = Table(
        "account",
        "of",
        *(Column(name, no_wrap=True, justify="right") for name in ("granted", "spent", "left")),
        Column("epsilon left", no_wrap=True),
        title="Privacy budgets (approximate zero-concentrated differential privacy)",
    )
    with open_lab(settings_of(lab)).release.read() as tx:
        for account in tx.ledger.accounts():
            left = account.remaining
            # What all of it would come to if it were spent: its own delta, and the policy's to convert at.
            delta = DEFAULT_POLICY.delta + left.delta
            epsilon = f"{noise.epsilon(left, delta):.2f} at delta {float(delta):.3g}"
            amounts = (account.granted, account.spent, left)
            table.add_row(account.name, "rho", *(one.rho_text for one in amounts), epsilon)
            table.add_row("", "delta", *(one.delta_text for one in amounts), "")
    Screen().print(table)


@app.command()
def recompute(lab: LabHome = None) -> None:
    """Compute every stored charge again with the noise library that runs now; fails if one is higher than charged.

    `datalab lab upgrade` does so too.
    """
    from datalab.cli.recomputed import report  # noqa: PLC0415 - OpenDP takes a moment to load
    from datalab.wiring import open_lab  # noqa: PLC0415 - as above

    report(open_lab(settings_of(lab)))


def _stated(rho: str | None, delta: str, signing_key: Path | None) -> tuple[Budget, Path]:
    if rho is None or signing_key is None:
        raise GovernanceError(
            "A budget is given by a signed act.",
            why="Only the custodian's key says that the custodian decided it.",
            remedy="State --rho and --signing-key, or name the file that `datalab budget sign` wrote.",
        )
    return Budget.read(rho, delta), signing_key


def _most(large: bool) -> Fraction:  # noqa: FBT001 - a flag of the command line
    return Fraction(1) if large else MOST_DELTA


def _check_alone(*others: object) -> None:
    if any(other is not None for other in others):
        raise GovernanceError(
            "A signed act says all there is to say.", remedy="Name the act alone, or sign another one."
        )


def _sign(act: BudgetAct, key: Path) -> SignedAct:
    from datalab.release.signed_act import sign_act  # noqa: PLC0415 - cryptography loads only when asked for

    return sign_act(act, key.read_bytes())


def _read(file: Path) -> SignedAct:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            content = opened.read(MAX_ACT_BYTES + 1)
    except (OSError, UnicodeDecodeError):
        raise GovernanceError(f"There is no budget act in {file}.", remedy="Name the file that was signed.") from None
    return read_signed_act(content)


def _say(account: Account) -> None:
    say(f"{account.name}: granted {account.granted}, spent {account.spent}, remaining {account.remaining}.")
