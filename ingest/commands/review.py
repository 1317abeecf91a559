"""`datalab extract review`: a custodian reads a sample of an extract's texts, on their own machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from datalab.cli.options import LabHome, settings_of
from ingest.commands.options import ContractFile, SigningKey, Source


def review(
    file: Source,
    *,
    contract: ContractFile,
    signing_key: SigningKey,
    texts: Annotated[
        int | None,
        typer.Option(
            "--texts",
            min=1,
            help="Texts of each column drawn at random; by default as the contract says, else 50.",
            show_default=False,
        ),
    ] = None,
    doubtful: Annotated[
        int, typer.Option("--doubtful", min=0, help="The most doubtful texts of each column, read besides.")
    ] = 10,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the page; 0 for a free one.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="Folder for the marks.")] = Path(),
    lab: LabHome = None,
) -> None:
    """Read a sample of the texts in a browser on this machine, mark what redaction misses, and sign the counts."""
    from anonymise.prose.model.package import load_reader  # noqa: PLC0415 - models load only when asked for
    from anonymise.prose.recognisers import load_recognisers  # noqa: PLC0415 - as above
    from anonymise.review.doubt import ListedDoubt  # noqa: PLC0415 - as above
    from anonymise.review.model_doubt import ModelDoubt  # noqa: PLC0415 - as above
    from datalab.contract.odcs.contract_file import read_contract  # noqa: PLC0415 - as above
    from ingest.commands.redaction import show_reading  # noqa: PLC0415 - as above
    from ingest.review.opening import open_reading  # noqa: PLC0415 - as above
    from ingest.review.serve import review_server  # noqa: PLC0415 - as above
    from ingest.sealed.agency_key import read_agency_key  # noqa: PLC0415 - as above

    console = Console(highlight=False, soft_wrap=True)
    model = settings_of(lab).spacy_model
    reading = open_reading(
        file,
        contract=read_contract(contract),
        texts=texts,
        doubtful=doubtful,
        finder=load_recognisers(model),
        text_model=model,
        doubt=ModelDoubt(load_reader(model, further=True), ListedDoubt()),
        key=read_agency_key(signing_key),
        folder=out,
        clock=lambda: datetime.now(UTC),
    )
    with review_server(reading, port=port) as server:
        console.print(
            f"{len(reading.items):,} texts to read, {reading.done:,} of them read. Open this in a browser on this "
            f"machine, once:\n{server.room.address}\nCtrl-C ends it; what you marked is kept.",
            markup=False,
        )
        if reading.stale:
            console.print(f"{reading.stale:,} texts that you read are masked otherwise now, and are to be read again.")
        for said in reading.too_few():
            console.print(said, markup=False)
        server.run()
    if reading.written is None:
        console.print(f"Not finished: {reading.done:,} of {len(reading.items):,} read. The same command goes on.")
        return
    show_reading([column.report() for column in reading.columns()], console)
    console.print(f"Signed: {reading.written}\nSeal with: --review {reading.written}", markup=False)
