"""`datalab extract`: what a custodian does with a file, from a signing key to the report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from datalab.catalogue import ExtractKind
from datalab.cli.options import LabHome, settings_of
from datalab.cli.screen import Screen
from ingest.commands import review
from ingest.commands.options import ContractFile, SigningKey, Source

app = typer.Typer(no_args_is_help=True, help="Seal, send, rehearse, review and follow extracts.")

From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that the rows are about.")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")]
Kind = Annotated[ExtractKind, typer.Option("--kind", help="Whether it replaces what came before, or adds to it.")]
ExtractId = Annotated[str, typer.Argument(help="Identifier, as `datalab extract status` shows it.")]


@app.command()
def keygen(
    agency: Annotated[str, typer.Argument(help="Short name of the agency.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the key.")] = Path(),
) -> None:
    """Make an agency's signing key. Keep the .key file; give the .pub file to the lab."""
    from ingest.sealed.agency_key import create_agency_key  # noqa: PLC0415 - loaded only when asked for

    private, public = create_agency_key(out, agency)
    _say(f"Private key (keep it, and keep it to yourself): {private}\nPublic key (for the lab): {public}")


app.command()(review.review)


@app.command()
def seal(
    file: Source,
    *,
    contract: ContractFile,
    signing_key: SigningKey,
    lab_key: Annotated[Path, typer.Option("--lab-key", help="The lab's landing.pub.", exists=True, dir_okay=False)],
    first: From,
    last: To,
    kind: Kind = ExtractKind.FULL,
    marks: Annotated[
        Path | None,
        typer.Option(
            "--review",
            help="What `datalab extract review` wrote about this file.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the sealed extract.")] = Path(),
) -> None:
    """Check a file against its contract, encrypt it to the lab, and sign what it is."""
    from datalab.contract.odcs.contract_file import read_contract  # noqa: PLC0415 - loaded only when asked for
    from ingest.custodian.seal import seal_extract  # noqa: PLC0415 - as above
    from ingest.sealed.agency_key import read_agency_key  # noqa: PLC0415 - as above

    sealed = seal_extract(
        file,
        contract=read_contract(contract),
        kind=kind,
        period_from=first.date(),
        period_to=last.date(),
        key=read_agency_key(signing_key),
        landing_key=lab_key.read_text(errors="replace"),
        folder=out,
        now=datetime.now(UTC),
        marks_file=marks,
    )
    manifest = sealed.manifest
    _say(f"Sealed {manifest.rows:,} rows as {manifest.extract_id}.\n{sealed.ciphertext}\n{sealed.manifest_file}")


@app.command()
def send(
    manifests: Annotated[list[Path], typer.Argument(help="The .manifest.json files; each .age file lies beside it.")],
    inbox: Annotated[
        Path | None, typer.Option("--inbox", help="The lab's inbox; by default that of --lab.", show_default=False)
    ] = None,
    lab: LabHome = None,
) -> None:
    """Deliver sealed extracts to the landing zone. Sending one twice does no harm."""
    from ingest.custodian.delivery import deliver  # noqa: PLC0415 - loaded only when asked for

    target = inbox if inbox is not None else settings_of(lab).landing / "inbox"
    for manifest in manifests:
        _say(f"Sent {deliver(manifest, target)}.")


@app.command()
def rehearse(
    file: Source,
    *,
    contract: ContractFile,
    first: From,
    last: To,
    kind: Kind = ExtractKind.FULL,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    lab: LabHome = None,
) -> None:
    """Run the whole ingest on this machine with throw-away keys, and print the report you would get."""
    from datalab.contract.odcs.contract_file import contract_text  # noqa: PLC0415 - loaded only when asked for
    from ingest.commands.progress import step_progress  # noqa: PLC0415 - as above
    from ingest.commands.tables import show_report  # noqa: PLC0415 - as above
    from ingest.custodian.rehearse import rehearse as run  # noqa: PLC0415 - as above

    with step_progress() as bars:
        report = run(
            file,
            contract_text=contract_text(contract),
            kind=kind,
            period_from=first.date(),
            period_to=last.date(),
            settings=settings_of(lab),
            observer=bars.observe,
            watcher=bars.watch,
        )
    if as_json:
        typer.echo(json.dumps(report, indent=1))
    else:
        show_report(report, Screen())


@app.command()
def status(
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only this dataset.", show_default=False)] = None,
    lab: LabHome = None,
) -> None:
    """List the extracts that were received, and the deliveries that were refused."""
    from datalab.storage.databases import open_control  # noqa: PLC0415 - databases load only when asked for
    from ingest.commands.tables import show_status  # noqa: PLC0415 - as above

    settings = settings_of(lab)
    with open_control(settings.control_database).read() as transaction:
        extracts = transaction.catalogue.extracts(dataset)
        jobs = [job for extract in extracts for job in transaction.jobs.jobs(extract.id)]
        show_status(extracts, jobs, settings.landing / "refused", Screen())


@app.command()
def report(
    extract: ExtractId,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    redaction: Annotated[
        bool, typer.Option("--redaction", help="Print what is known of what redaction left, and nothing else.")
    ] = False,
    lab: LabHome = None,
) -> None:
    """Show what was asked of an extract, what was found and what was done; counts only."""
    from datalab.errors import StateError  # noqa: PLC0415 - as below
    from datalab.storage.databases import open_control  # noqa: PLC0415 - databases load only when asked for
    from ingest.commands.redaction import show_redaction  # noqa: PLC0415 - as above
    from ingest.commands.tables import show_report  # noqa: PLC0415 - as above

    with open_control(settings_of(lab).control_database).read() as transaction:
        found = transaction.catalogue.extract_report(extract)
    if found is None:
        raise StateError(f"Extract {extract} has no report yet.", remedy="It is written when the worker is done.")
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    elif redaction:
        show_redaction(found, Screen())
    else:
        show_report(found, Screen())


@app.command()
def suggestion(
    report: Annotated[
        Path, typer.Argument(help="A report as JSON, from `rehearse --json` or `report --json`.", exists=True)
    ],
    *,
    contract: ContractFile,
    number: Annotated[int, typer.Option("--number", help="Which suggestion of the report, from 1.", min=1)] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the changed contract to this file.", show_default=False)
    ] = None,
) -> None:
    """Print what a contract has to say so that an extract reaches its k, as the report suggests."""
    from datalab.contract.edit import changed_text  # noqa: PLC0415 - loaded only when asked for
    from datalab.contract.odcs.contract_file import contract_text  # noqa: PLC0415 - as above
    from ingest.commands.risk import contract_change, read_report, suggestion_of  # noqa: PLC0415 - as above

    before = contract_text(contract)
    after = changed_text(before, contract.name, suggestion_of(read_report(report), number)["changes"])
    _say(contract_change(before, after, contract.name))
    if out is not None:
        out.write_bytes(after.encode())
        _say(f"Wrote {out}. Read it, rehearse with it, and register it.")


def _say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
