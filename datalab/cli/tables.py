"""How questions, requests and answers look in a terminal."""

from __future__ import annotations

from math import isfinite

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Column, Table

from datalab.privacy.accuracy import Preview, Telling
from datalab.privacy.answer import Answer
from datalab.privacy.digits import AMOUNTS, estimate_text, significant
from datalab.query.spend import rho_text
from datalab.release.checks import Remark, Weight
from datalab.release.request import ReleaseRequest
from datalab.release.sheet import PricedSize, Sheet

MAX_SHOWN = 60
"""Most cells shown in a terminal; the bundle holds all of them."""

BAR, BAR_LENGTH = "█", 20
"""What a chance is drawn with, and how long a certain one is."""


def show_sheet(console: Console, sheet: Sheet) -> None:
    """Print a sheet: request, question, expected error, remarks, and the answer where it is on the sheet."""
    if sheet.request is not None:
        console.print(request_table((sheet.request,), title="Request"))
        if sheet.request.decision is not None:
            decision = sheet.request.decision
            console.print(f"{decision.state.value} by {decision.reviewer}: {escape(decision.reason)}")
    console.print(Panel(escape(sheet.explanation), title="Question"))
    if sheet.preview is not None:
        console.print(preview_table(sheet.preview))
        if sheet.preview.telling:
            console.print(telling_table(sheet.preview))
    if sheet.remarks:
        console.print(remark_table(sheet.remarks))
    if sheet.answer is not None:
        console.print(answer_table(sheet.answer))


def request_table(requests: tuple[ReleaseRequest, ...], *, title: str) -> Table:
    """Return a table of requests, one a row."""
    table = Table(
        Column("request", no_wrap=True), "project", "author", "state", "asked of", "submitted", "title", title=title
    )
    for one in requests:
        table.add_row(
            one.id,
            one.project,
            one.author,
            one.state.value + (f" (answer of {one.reused_from})" if one.reused_from else ""),
            ", ".join(f"{dataset} v{number}" for dataset, number in sorted(one.versions.items())),
            f"{one.submitted_at:%Y-%m-%d %H:%M}",
            escape(one.question.title),
        )
    return table


def preview_table(preview: Preview) -> Table:
    """Return the expected error of each measure; the same in every cell."""
    cost = f"{preview.cost.about}; epsilon {preview.epsilon:g} at delta {float(preview.delta):g}"
    table = Table(
        "figure",
        "unit",
        "expected error",
        "95 % within",
        "difference seen",
        title=f"{'Cells that are found out' if preview.threshold else f'{preview.cells:,} cells'}, for {cost}",
        caption=preview.holds or None,
    )
    for measure in preview.measures:
        if measure.half_width is None or measure.expected_error is None:
            names = (escape(measure.title), escape(measure.unit))
            for one in measure.sizes:
                told = ["-"] * 2 if one.no_use else [*map(significant, (one.expected_error, one.visible_difference))]
                table.add_row(*names, told[0], f"in groups of {one.count:,}: {one.within}", told[1])
                names = ("", "")
        else:
            told = ["-", "not known beforehand", "-"]
            if isfinite(measure.half_width):
                half = f"±{significant(measure.half_width, 4)}{' at most' if measure.assumes else ''}"
                told = [significant(measure.expected_error), half, significant(measure.visible_difference or 0.0)]
            table.add_row(escape(measure.title), escape(measure.unit), *told)
    return table


def telling_table(preview: Preview) -> Table:
    """Return how likely a value is told, by how many units have it."""
    table = Table(
        Column(f"has the value ({preview.privacy_unit})", justify="right"),
        Column("told in", justify="right"),
        "",
        title=f"A value is told where {preview.threshold:,} or more have it ({preview.privacy_unit}, noise included)",
    )
    for one in preview.telling:
        table.add_row(f"{one.units:,}", told_in(one), BAR * round(one.chance * BAR_LENGTH))
    return table


def told_in(telling: Telling) -> str:
    """Return a chance of being told as a share of the answers."""
    return f"{telling.chance:.1%}" if telling.chance >= 0.0005 else f"{telling.chance:.1g} of 1"  # noqa: PLR2004 - the last that a tenth of a percent shows


def price_table(wish: str, sizes: tuple[PricedSize, ...]) -> Table:
    """Return what a wish costs in cells of each size, and what that can tell about one unit."""
    table = Table("cell of", f"{wish} is", "rho", "epsilon", "what it can tell", title="The least budget")
    table.caption = escape(sizes[0].priced.sold_for)
    for one in sizes:
        size = f"{one.priced.group_size:,}" if one.priced.group_size is not None else "any size"
        rho, epsilon = ("-", "-") if one.priced.rho is None else (rho_text(one.priced.rho), f"{one.epsilon:g}")
        told = one.risk if one.assured is None else f"{one.risk} {one.assured.says}"
        table.add_row(size, escape(one.priced.aim.says), rho, epsilon, escape(told))
    return table


def remark_table(remarks: tuple[Remark, ...]) -> Table:
    """Return what to know before deciding."""
    table = Table("", "topic", "remark", title="Checks")
    for remark in remarks:
        mark = "[yellow]look[/yellow]" if remark.weight is Weight.LOOK else ""
        table.add_row(mark, escape(remark.topic), escape(remark.text))
    return table


def answer_table(answer: Answer) -> Table:
    """Return the noisy figures with their intervals."""
    shown = answer.cells[:MAX_SHOWN]
    title = f"Answer ({len(shown):,} of {len(answer.cells):,} cells), 95 % intervals"
    table = Table(title=title)
    for key in answer.keys:
        table.add_column(escape(key))
    for measure in answer.measures:
        unit = f" ({measure.unit})" if measure.unit else ""
        table.add_column(escape(f"{measure.name}{unit}"), justify="right")
    for cell in shown:
        figures = zip(cell.estimates, answer.measures, strict=True)
        shown_ones = (estimate_text(one, amount=measure.kind in AMOUNTS) for one, measure in figures)
        table.add_row(*map(escape, cell.keys), *map(escape, shown_ones))
    return table
