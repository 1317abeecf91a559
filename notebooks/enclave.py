"""A researcher's notebook inside the lab: the project's data on Spark, and the one way out, which is a question.

from notebooks.enclave import open_lab

lab = open_lab()
spark = lab.spark()
lab.table("police_incidents").groupBy("ward").count().show()      # to look, inside
question = ask("police_incidents").group_by("ward").count_units().spend(epsilon=0.5, rows_per_unit=4)
lab.preview(question)                                             # what it would cost; costs nothing
lab.price(question, measure="units", within="5%")                 # how much for +-5 %? costs nothing either
lab.finding(question, measure="units", difference=30)             # would 30 more in a ward be seen?
request = lab.submit(question)                                    # paid for, answered, and then reviewed
lab.request(request.id)                                           # its answer, once a reviewer let it out
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from datalab.broker.asked import write_asked
from datalab.broker.client import ReleaseClient
from datalab.contract.odcs.contract_file import read_contract
from datalab.errors import NotFoundError, StateError
from datalab.query.model import Question
from notebooks.display import FindingDisplay, PriceDisplay, RequestDisplay, SheetDisplay
from notebooks.gate import own_gate
from notebooks.lab import Lab, Release, read_release, to_json

if TYPE_CHECKING:
    from notebooks.session import DataFrame, SparkSession

DATA = Path("/data")
"""Where a sandbox sees its project's view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLab(Lab):
    """One project's lab, from the inside."""

    project: str
    data: Path
    client: ReleaseClient = field(repr=False)

    def spark(self) -> SparkSession:
        """Return this notebook's Spark session, with a named table for each dataset; a second call returns the same."""
        from notebooks.session import open_session  # noqa: PLC0415 - Spark takes seconds to load

        return open_session({name: self.data / name for name in self.contracts})

    def table(self, dataset: str) -> DataFrame:
        """Return a dataset of the project's view as a Spark table.

        Raises:
            NotFoundError: if the project has no such dataset.
        """
        if dataset not in self.contracts:
            raise NotFoundError(
                f"The project {self.project} has no dataset {dataset}.",
                remedy=f"Datasets: {', '.join(sorted(self.contracts)) or 'none yet'}.",
            )
        return self.spark().table(dataset)

    def preview(self, question: Question) -> SheetDisplay:
        """Show what a question would cost and how exact it would be; touches neither data nor budget.

        Raises:
            QueryError: if the question cannot be answered privately.
            PermissionDeniedError, StateError: if the project has ended, or you left it.
        """
        return SheetDisplay(self.client.preview(self.project, to_json(question).encode()))

    def price(
        self,
        question: Question,
        *,
        measure: str,
        within: str | float,
        group_size: int | None = None,
        of: float | None = None,
    ) -> PriceDisplay:
        """Find the least budget that makes a figure as exact as wished; touches neither data nor budget.

        For 5% or 5pp without a size of cell or figure, cells of several sizes are priced. The question's own budget is
        not looked at.

        Args:
            question: what is asked.
            measure: name of the figure that should be so exact.
            within: 95 of 100 figures within this: 20 of the figure's unit, "5%" of it, "5pp" of a share.
            group_size: size of the cell, as far as is public: rows, with a value for a mean; units where units are
                counted.
            of: for 5%, the figure's supposed size, in the figure's unit; by default what public facts say.

        Raises:
            QueryError: as `preview`; or if the question has no such figure, or cannot make it that exact.
            PermissionDeniedError, StateError: as `preview`.
        """
        asked = write_asked(question, measure=measure, within=str(within), group_size=group_size, of=of)
        return PriceDisplay(self.client.price(self.project, asked))

    def finding(
        self,
        question: Question,
        *,
        measure: str,
        difference: float,
        by: str | None = None,
        group_size: int | None = None,
    ) -> FindingDisplay:
        """Say whether a finding of a stated size would be seen through the noise; touches neither data nor budget.

        Args:
            question: what is asked, at its own budget.
            measure: name of the figure in which a difference is looked for.
            difference: its size between two cells, in the figure's unit.
            by: of several tables the one to look in, by its columns ("kind, ward"; "(all)" for the total); by default
                each.
            group_size: as of `price`.

        Raises:
            QueryError: as `preview`; or if the question has no such figure or table, a size is missing, or figures
                cannot differ by so much.
            PermissionDeniedError, StateError: as `preview`.
        """
        asked = write_asked(question, measure=measure, difference=difference, by=by, group_size=group_size)
        return FindingDisplay(self.client.finding(self.project, asked))

    def submit(self, question: Question) -> RequestDisplay:
        """Submit a question: it is paid for, answered, and queued for review; raises as `preview`.

        The same question again gives the same request, at no cost.
        """
        return RequestDisplay(self.client.submit(self.project, to_json(question).encode()), None)

    def request(self, request_id: str) -> RequestDisplay:
        """Show a request of this project; with its answer, once it is released."""
        sheet = self.client.request(request_id)
        return RequestDisplay(sheet["request"], sheet["answer"])

    @property
    def requests(self) -> pd.DataFrame:
        """Every request of the project: when, by whom, where it stands."""
        found = self.client.requests(project=self.project)
        names = ("id", "title", "author", "state", "submitted_at")
        return pd.DataFrame([{name: one[name] for name in names} for one in found], columns=list(names))

    @property
    def budget(self) -> pd.DataFrame:
        """What the project may still spend, by account."""
        names = ("account", "granted", "spent", "left", "epsilon_left", "delta")
        found = self.client.budget(self.project)
        return pd.DataFrame([{name: one[name] for name in names} for one in found], columns=list(names))

    def release(self, request_id: str, public_key: Path | str = DATA / "release.pub") -> Release:
        """Fetch the signed bundle of a released request into the workspace, check it, and read it.

        Raises:
            StateError: if it is not released.
            IntegrityError: if the bundle is not exactly what the lab signed.
        """
        file = Path(f"{request_id}.zip")
        file.write_bytes(self.client.bundle(request_id))
        return read_release(file, public_key)


def open_lab(data: Path = DATA) -> ProjectLab:
    """Open the lab of this sandbox's project.

    Raises:
        StateError: if this is not a sandbox of the lab, or it cannot prove itself to its gate.
    """
    catalogue = data / "catalogue.json"
    if not catalogue.is_file():
        raise StateError(
            "This notebook does not run in a lab.",
            why="There is no project's data here.",
            remedy="Open the lab from the portal; or describe questions with notebooks.lab.Lab.from_contracts.",
        )
    described: Mapping[str, Any] = json.loads(catalogue.read_text())
    contracts = {one["dataset"]: read_contract(data / one["contract"]) for one in described["datasets"]}
    client = own_gate()
    return ProjectLab(contracts=contracts, project=described["project"], data=data, client=client)
