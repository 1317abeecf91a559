"""A researcher's notebook side of the lab: describe a question, understand it, save it; read what was released.

Nothing here can run a question. What leaves a notebook is a description (JSON); what comes back is a signed bundle.

    from notebooks.lab import Lab, ask, col, read_release

    lab = Lab.from_contracts("contracts/")
    question = ask("police_incidents").where(col("month") >= "2024-01").group_by("ward").count_units().spend(
        epsilon=0.5, rows_per_unit=4
    )
    print(lab.explain(question))
    same = sql("SELECT ward, COUNT(DISTINCT unit_id) FROM ...")  # as well as ask(...), in SQL
    lab.save(question, "burglary.json")            # then: datalab request submit burglary.json ...

    read_release("outbox/r0a1b2.zip", "keys/public/release.pub").table
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import read_contract
from datalab.contract.published import published_columns
from datalab.errors import NotFoundError, QueryError, StateError
from datalab.governance.policy import DEFAULT_POLICY
from datalab.privacy.accuracy import recommended_rows
from datalab.privacy.answer import Answer
from datalab.query.build import (
    academic_year,
    ask,
    band,
    clamp,
    col,
    combine,
    day,
    days,
    days_between,
    financial_year,
    hour,
    month,
    month_of_year,
    quarter,
    recode,
    rows,
    total,
    units,
    week,
    weekday,
    year,
)
from datalab.query.check import check
from datalab.query.document import MAX_QUESTION_BYTES, question_from_json, question_to_json, read_back
from datalab.query.explain import explain
from datalab.query.model import Query, Question
from datalab.query.schema import ViewSchema, public_datasets, view_schema
from datalab.query.spend import epsilon_for_rho
from datalab.query.sql import writer
from datalab.query.sql.reader import sql
from datalab.release.bundle.document import Bundle, verify_bundle

__all__ = [
    "Lab",
    "Release",
    "academic_year",
    "ask",
    "band",
    "clamp",
    "col",
    "combine",
    "day",
    "days",
    "days_between",
    "financial_year",
    "hour",
    "month",
    "month_of_year",
    "quarter",
    "read_question",
    "read_release",
    "recode",
    "rows",
    "sql",
    "to_json",
    "to_sql",
    "total",
    "units",
    "week",
    "weekday",
    "year",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What can be asked, as the contracts say it; no data, no budget, no way to either."""

    contracts: Mapping[str, Contract]
    """By dataset."""

    @classmethod
    def from_contracts(cls, *places: Path | str) -> Lab:
        """Read contracts from files and folders of `.yaml` files.

        Raises:
            NotFoundError: if there are none.
            ContractError: if one is not sound.
        """
        files = [file for place in map(_place, places) for file in _files(place)]
        if not files:
            raise NotFoundError("There are no contracts there.", remedy="Name a file, or a folder of .yaml files.")
        contracts = [read_contract(file) for file in files]
        return cls(contracts={contract.dataset: contract for contract in contracts})

    @property
    def columns(self) -> pd.DataFrame:
        """Every column that can be asked about: its type, its public values or its stated range."""
        return pd.DataFrame(
            [
                {
                    "dataset": contract.dataset,
                    "column": column.name,
                    "type": column.logical_type.value,
                    "values": ", ".join(column.values or ()),  # noqa: PD011 - a contract's column, not a data frame
                    "lower": column.bounds.lower if column.bounds else None,
                    "upper": column.bounds.upper if column.bounds else None,
                    "unit": column.unit,
                    "description": column.description,
                }
                for contract in self.contracts.values()
                for column in published_columns(contract)
            ]
        )

    def check(self, question: Question) -> Question:
        """Check what can be checked without a project: the lab checks it again with the project's own columns.

        Returns:
            The question as the lab will read it from its file.

        Raises:
            QueryError: with every refusal and its remedy, or with the place that no file can hold.
        """
        read = read_back(question)
        check(read, self._schemas, DEFAULT_POLICY)
        return read

    def explain(self, question: Question) -> str:
        """Say in plain English what a question asks, and about what it costs; raises as `check`."""
        read = self.check(question)
        delta = DEFAULT_POLICY.delta
        return explain(read, self._schemas, epsilon=epsilon_for_rho(read.rho, delta), delta=delta)

    def to_sql(self, question: Question) -> str:
        """Return a question as SQL, without its price, bounds and title; raises as `check`."""
        return to_sql(self.check(question).query, public=public_datasets(self._schemas))

    def save(self, question: Question, path: Path | str) -> Path:
        """Write a question that passes the checks as JSON, and return where; an existing file is kept.

        Raises:
            QueryError: as `check`.
            StateError: if the file exists, or cannot be written there.
        """
        text = to_json(self.check(question))
        file = _place(path)
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
        except FileExistsError:
            raise StateError(f"{file} exists.", remedy="Choose another name: a question keeps its file.") from None
        except (OSError, ValueError):
            raise StateError(f"{file} cannot be written.", remedy="Choose a name in a folder that exists.") from None
        return file

    @property
    def _schemas(self) -> Mapping[str, ViewSchema]:
        return {
            name: view_schema(contract, [column.name for column in contract.columns])
            for name, contract in self.contracts.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A released answer whose signature holds."""

    bundle: Bundle

    @property
    def table(self) -> pd.DataFrame:
        """One row a cell: its groups, and for each figure its value, `_low` and `_high` (95 % interval)."""
        answer = self.bundle.answer
        figures = [f"{measure.name}{end}" for measure in answer.measures for end in ("", "_low", "_high")]
        table = pd.DataFrame(_rows(answer), columns=[*answer.keys, *figures])
        table.attrs = {"covers": answer.covers, "epsilon": answer.epsilon, "request": self.bundle.request}
        return table

    def recommended_rows(self, share: float = 0.95) -> int:
        """Return how many rows a unit to count so that all rows of such a share of units do.

        Raises:
            QueryError: if the release does not answer how many rows a unit has, or only that they may be more than it
                counted.
        """
        return recommended_rows(self.bundle.answer, share)

    @property
    def explanation(self) -> str:
        """What was asked, and how the figures are to be read."""
        return self.bundle.explanation


def to_json(question: Question) -> str:
    """Return a question as JSON text: the whole of what leaves a notebook; raises QueryError if it is none."""
    return question_to_json(question)


def to_sql(question: Question | Query, *, public: Collection[str] = ()) -> str:
    """Return a question, or one still without its price, as SQL; price, bounds and title are no part of it.

    `Lab.to_sql` checks the question too, and knows which datasets are public.

    Args:
        question: finished, or its query.
        public: datasets of public reference data, which are not joined on the privacy unit.

    Raises:
        QueryError: if it is neither, or SQL cannot say it.
    """
    query = question.query if isinstance(question, Question) else question
    if not isinstance(query, Query):
        raise QueryError(
            "This is not a question.",
            why=f"It was given a value of the type {type(question).__name__}.",
            remedy='Write one: to_sql(ask("incidents").count_rows().spend(epsilon=1.0, rows_per_unit=4)).',
        )
    return writer.to_sql(query, public=public)


def read_question(path: Path | str) -> Question:
    """Read a question that `save` wrote.

    Raises:
        NotFoundError: if there is no such file.
        QueryError: if it holds no question.
    """
    file = _place(path)
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_QUESTION_BYTES + 1)
    except (OSError, ValueError):
        raise NotFoundError(f"There is no file {file} to read.", remedy="Correct its path.") from None
    return question_from_json(text)


def read_release(path: Path | str, public_key: Path | str) -> Release:
    """Read a released bundle after checking it against the lab's public key.

    Raises:
        NotFoundError: if a file is absent.
        IntegrityError: if the bundle is not exactly what the lab signed.
    """
    key = _place(public_key)
    if not key.is_file():
        raise NotFoundError(f"There is no public key at {key}.", remedy="Ask the lab for its release.pub.")
    return Release(bundle=verify_bundle(_place(path), key.read_bytes()))


def _rows(answer: Answer) -> Iterable[list[object]]:
    for cell in answer.cells:
        yield [*cell.keys, *(end for one in cell.estimates for end in (one.value, one.low, one.high))]


def _place(path: object) -> Path:
    if not isinstance(path, str | Path) or not str(path) or "\0" in str(path):
        raise NotFoundError("A file is named by its path.", remedy='Write "question.json".')
    return Path(path)


def _files(place: Path) -> Iterable[Path]:
    return sorted(place.glob("*.yaml")) if place.is_dir() else [place]
