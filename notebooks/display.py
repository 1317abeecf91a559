"""How previews, requests and answers look in a notebook: a table, and a chart of the first figure; text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from datalab.privacy.answer_chart import interval_chart


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
        shown = self.table.to_html(index=False, border=0)
        return f"<p>{said}</p><p><b>Cost:</b> {escape(self.cost)}</p>{shown}<p>{assumes}</p>"


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
        shown = self.table.to_html(index=False, border=0, float_format=lambda figure: f"{figure:,.4g}")
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
