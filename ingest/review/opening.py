"""Opening a reading: the custodian's file and contract in, a work list out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from anonymise.prose.redaction import Finder, Redactor
from anonymise.review.doubt import Doubt
from datalab.contract.model import Contract
from datalab.contract.odcs.column_rules import MOST_READ
from datalab.errors import StateError, UserError
from ingest.custodian.seal import content_id
from ingest.review.draw import POOL, draw, read_columns
from ingest.review.kept import KeptMarks
from ingest.review.reading import Reading
from ingest.review.work_list import work_list
from ingest.sealed.agency_key import AgencyKey
from ingest.sealed.marks import MAX_COLUMNS

TEXTS: Final = 50
"""Texts of a column that are read for the estimate where neither the custodian nor the contract says how many."""


def open_reading(
    source: Path,
    *,
    contract: Contract,
    texts: int | None,
    doubtful: int,
    finder: Finder,
    text_model: str,
    doubt: Doubt,
    key: AgencyKey,
    folder: Path,
    clock: Callable[[], datetime],
) -> Reading:
    """Draw the texts of a file, mask them, and take up what was marked before.

    Args:
        source: the custodian's file.
        contract: its contract.
        texts: of each column how many are read for the estimate; None for as many as the contract says, or `TEXTS`.
        doubtful: how many of each column are read for their doubt besides.
        finder: what the lab masks by.
        text_model: the package of its model.
        doubt: which texts come first.
        key: the agency's signing key.
        folder: where what was marked is kept, and where the signed marks go.
        clock: the time.

    Raises:
        UserError: if the contract redacts nothing or too many columns, or asks for more texts than `texts`.
        UnreadableExtractError: if the file is not the contract's rows.
        StateError: if the file holds no text and its contract asks for none to be read, or what was kept of an
            earlier reading cannot be read.
    """
    columns = read_columns(contract)
    if not columns:
        raise UserError(
            f"There is nothing to read in {contract.dataset}.", why="Its contract redacts no column: no text is kept."
        )
    if len(columns) > MAX_COLUMNS:
        raise UserError(
            f"The contract redacts {len(columns):,} columns.",
            why=f"What is found by reading is sent for at most {MAX_COLUMNS} columns.",
            remedy="Drop the texts that nobody needs, or make two datasets of it.",
        )
    wanted = {column.name: texts or column.review_texts or TEXTS for column in columns}
    short = [column for column in columns if wanted[column.name] < column.review_texts]
    if short:
        raise UserError(
            f"{texts} texts are fewer than the contract asks for.",
            why=f"It asks for {short[0].review_texts} of {short[0].name}; an extract with fewer is held.",
            remedy="Leave --texts out, or state more.",
        )
    if max(wanted.values()) > MOST_READ or doubtful > POOL:
        raise UserError(
            "Nobody reads that many texts.", remedy=f"State {MOST_READ:,} at most, and {POOL:,} doubtful ones."
        )
    named = content_id(source, contract, key)
    pool = max(POOL, max(wanted.values()) + doubtful)
    draws = draw(source, contract, seed=named, pool=pool)
    listed = work_list(draws, wanted, doubtful, redactor=Redactor(finder), doubt=doubt)
    if not listed.items and not any(column.review_texts for column in columns):
        raise StateError(f"There is no text in {source.name}.", remedy="Seal it without a review, or check the file.")
    folder.mkdir(parents=True, exist_ok=True)
    kept = KeptMarks.beside(folder, contract.dataset, named)
    return Reading(
        contract=contract,
        content_id=named,
        text_model=text_model,
        items=listed.items,
        populations=listed.populations,
        kept=kept,
        key=key,
        folder=folder,
        clock=clock,
        marked=kept.read(),
    )
