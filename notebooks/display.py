"""How previews, requests and answers look in a notebook: a table, and a chart of the first figure; text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import inf
from typing import Any

import pandas as pd

from datalab.privacy.answer_chart import interval_chart
from notebooks.grid import grid


@dataclass(frozen=True, slots=True)
class SheetDisplay:
    """A question that was not submitted: what it asks, costs, and how exact it would be."""

    sheet: Mapping[str, Any]

    @property
    def table(self) -> pd.DataFrame:
        """Expected error of each figure."""
        rows = []
        for one in self.sheet["preview"]["measures"]:
            same = dict.fromkeys(("even", "skewed", "at_most"), one["half_width"])
            for size in one["sizes"] or [{"count": None, "ranks": None} | same]:
                least, most = size["ranks"] or (None, None)
                rows.append(
                    {"figure": one["title"], "unit": one["unit"], "rows in the group": size["count"]}
                    | {"95 % within, if even": size["even"], "if skewed": size["skewed"], "at most": size["at_most"]}
                    | {"least rank": least, "greatest rank": most, "no value in": size.get("no_value") or None}
                )
        return pd.DataFrame(rows).dropna(axis="columns", how="all")

    @property
    def assumes(self) -> str:
        """What the expected errors assume of the data, figure by figure."""
        said = [f"{one['title']}: {one['assumes']}" for one in self.sheet["preview"]["measures"] if one["assumes"]]
        return "\n".join(said)

    @property
    def cost(self) -> str:
        """What it would cost, in words."""
        preview = self.sheet["preview"]
        return f"{preview['cost']}; epsilon {preview['epsilon']:.3g} at delta {preview['delta']:.2g}"

    def __repr__(self) -> str:
        """Return it as text."""
        shown = self.table.to_string(index=False)
        return f"{self.sheet['explanation']}\n\nCost: {self.cost}\n\n{shown}\n\n{self.assumes}".rstrip()

    def _repr_html_(self) -> str:
        said, assumes = (escape(text).replace("\n", "<br>") for text in (self.sheet["explanation"], self.assumes))
        shown = grid(self.table)
        return f"<p>{said}</p><p><b>Cost:</b> {escape(self.cost)}</p>{shown}<p>{assumes}</p>"


@dataclass(frozen=True, slots=True)
class PriceDisplay:
    """What it costs to have a figure as exact as wished: in cells of one size, or of several."""

    price: Mapping[str, Any]

    @property
    def rho(self) -> str | None:
        """The least budget, to be written as `spend(rho=...)`; None where several sizes are priced, each in `table`."""
        return None if self.sheet is None else str(self.price["sizes"][0]["rho"])

    @property
    def sheet(self) -> SheetDisplay | None:
        """The preview at that budget; None where several sizes are priced."""
        return None if self.price["sheet"] is None else SheetDisplay(self.price["sheet"])

    @property
    def table(self) -> pd.DataFrame:
        """The least budget by size of the cell, and what it can tell about one unit."""
        return pd.DataFrame(
            [
                {
                    "cell of": "any size" if one["group_size"] is None else f"{one['group_size']:,}",
                    f"{self.price['wish']} is": one["is"],
                    "rho": one["rho"] or "-",
                    "epsilon": "-" if one["epsilon"] is None else f"{one['epsilon']:.3g}",
                    "what it can tell": " ".join(filter(None, (one["risk"], one["assured"]))),
                }
                for one in self.price["sizes"]
            ]
        )

    @property
    def says(self) -> str:
        """What the wish comes to, for which data it is sold, and what to do next."""
        first = self.price["sizes"][0]
        if self.sheet is None:
            more = "group_size or of" if str(self.price["wish"]).endswith("%") else "group_size"
            return f"{first['sold_for']}\nChoose a size and spend its rho; or give {more} for the whole preview."
        spend = f'Spend rho="{self.rho}": the least that gives this.'
        told = (f"{self.price['wish']} is {first['is']}.", first["sold_for"], first["assured"], spend)
        return "\n".join(filter(None, told))

    def __repr__(self) -> str:
        """Return it as text."""
        if self.sheet is not None:
            return f"{self.sheet!r}\n\n{self.says}"
        rows = (dict(row) for _, row in self.table.iterrows())
        sizes = "\n\n".join("\n".join(f"{name}: {value}" for name, value in row.items()) for row in rows)
        return f"The least budget for {self.price['wish']} of {self.price['measure']}\n\n{sizes}\n\n{self.says}"

    def _repr_html_(self) -> str:
        says = f"<p>{escape(self.says).replace(chr(10), '<br>')}</p>"
        if self.sheet is not None:
            return f"{self.sheet._repr_html_()}{says}"
        shown = grid(self.table, amounts=("cell of", "rho", "epsilon"))
        title = f"The least budget for {self.price['wish']} of {self.price['measure']}"
        return f"<p><b>{escape(title)}</b></p>{shown}{says}"


@dataclass(frozen=True, slots=True)
class FindingDisplay:
    """Whether a difference of a stated size would be seen through the noise."""

    finding: Mapping[str, Any]

    @property
    def chance(self) -> float:
        """Of 1: answers in which it is seen; of several tables in the one where it is seen least."""
        return float(self.finding["chance"])

    @property
    def least(self) -> float:
        """The least difference that is seen in 80 of 100 answers, of several tables in each; infinite where none is."""
        least = self.finding["least"]
        return inf if least is None else float(least)

    @property
    def visible(self) -> bool:
        """Whether it is seen in at least 80 of 100 answers."""
        return bool(self.finding["visible"])

    def __repr__(self) -> str:
        """Return it as text."""
        return str(self.finding["says"])

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)).replace(chr(10), '<br>')}</p>"


@dataclass(frozen=True, slots=True)
class RequestDisplay:
    """A request, and its answer once it is released."""

    request: Mapping[str, Any]
    answer: Mapping[str, Any] | None

    @property
    def id(self) -> str:
        """Its identifier."""
        return str(self.request["id"])

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.request["state"])

    @property
    def table(self) -> pd.DataFrame:
        """Noisy figures, each with `_low` and `_high` (95 % interval); empty before the release."""
        if self.answer is None:
            return pd.DataFrame()
        names = [f"{one['name']}{end}" for one in self.answer["measures"] for end in ("", "_low", "_high")]
        rows = [[*cell["keys"], *(end for one in cell["estimates"] for end in one)] for cell in self.answer["cells"]]
        return pd.DataFrame(rows, columns=[*self.answer["keys"], *names])

    def __repr__(self) -> str:
        """Return it as text."""
        return self._said + (f"\n\n{self.table.to_string(index=False)}" if self.answer else "")

    def _repr_html_(self) -> str:
        if self.answer is None:
            return f"<p>{escape(self._said)}</p>"
        shown = grid(self.table)
        return f"<p>{escape(self._said)}</p>{interval_chart(self.answer, 0)}{shown}"

    @property
    def _said(self) -> str:
        decision = self.request["decision"]
        said = f"Request {self.id} is {self.state}."
        if decision:
            said += f" {decision['reviewer']}: {decision['reason']}"
        elif self.state == "answered":
            said += " Its answer waits for a reviewer."
        return said
