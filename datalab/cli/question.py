"""`datalab request`, up to where budget is spent: write a question, check it, see what it would cost and show."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from datalab.cli.desk import opened_desk
from datalab.cli.options import ActingAs, LabHome
from datalab.cli.screen import Screen, say
from datalab.errors import GovernanceError, QueryError
from datalab.query.document import question_to_json, read_back
from datalab.query.model import Question
from datalab.query.reader import MAX_QUESTION_BYTES, question_from_json
from datalab.query.schema import public_datasets
from datalab.query.spend import rho_text

app = typer.Typer(no_args_is_help=True)
"""The group `request`: commands about a question stand first; `datalab.cli.request` adds those about a request."""

File = Annotated[Path, typer.Argument(help="Question as JSON; `-` reads it from standard input.", show_default=False)]
ForProject = Annotated[str, typer.Option("--project", help="The project that asks.")]
GroupSize = Annotated[
    int | None,
    typer.Option(
        help="Size of the cell, as far as is public: rows, with a value for a mean; units where units are counted.",
        show_default=False,
    ),
]


@app.command("from-sql")
def from_sql(
    file: Annotated[Path, typer.Argument(help="One SELECT; `-` reads it from standard input.", show_default=False)],
    *,
    rho: Annotated[str, typer.Option(help="Budget for the whole answer, as `0.05` or `1/20`.")],
    rows_per_unit: Annotated[int, typer.Option(help="Most rows of one unit that count.")],
    rows_per_cell: Annotated[
        int | None, typer.Option(help="Most of them in one cell; by default the same.", show_default=False)
    ] = None,
    title: Annotated[str, typer.Option(help="A label for the reviewer.")] = "",
) -> None:
    """Turn a question in SQL into the JSON that the other commands read; docs/questions-in-sql.md says what is read."""
    from datalab.query.sql.reader import sql  # noqa: PLC0415 - the parser loads only when asked for

    asking = sql(_bytes(file).decode(errors="replace"), title=title)
    question = asking.spend(rho=rho, rows_per_unit=rows_per_unit, rows_per_cell=rows_per_cell)
    typer.echo(question_to_json(read_back(question)), nl=False)


@app.command("to-sql")
def to_sql(
    file: File,
    *,
    project: Annotated[
        str | None,
        typer.Option(
            help="The project that asks: its public datasets are joined by columns alone.", show_default=False
        ),
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--as", help="User name of a member of the project.", show_default=False)
    ] = None,
    lab: LabHome = None,
) -> None:
    """Show a question as SQL; its price, bounds and title are not part of it."""
    from datalab.query.sql.writer import to_sql as written  # noqa: PLC0415 - as above

    question = read_question(file)
    public: frozenset[str] = frozenset()
    if (project is None) != (actor is None):
        raise GovernanceError("A project and a person go together.", remedy="Give --project and --as, or neither.")
    if project is not None and actor is not None:
        with opened_desk(lab) as desk:
            public = public_datasets(desk.case(question, project=project, person=actor).schemas)
    elif any(join.on for join in question.query.joins):
        note = (
            "Without --project and --as it is not known which datasets are public; those have no unit to be joined on."
        )
        typer.echo(note, err=True)
    typer.echo(written(question.query, public=public))


@app.command()
def check(file: File, project: ForProject, actor: ActingAs, lab: LabHome = None) -> None:
    """Check a question without data: every refusal with its remedy."""
    question = read_question(file)
    with opened_desk(lab) as desk:
        desk.compiled(desk.case(question, project=project, person=actor))
    say("The question can be answered.")


@app.command()
def explain(file: File, project: ForProject, actor: ActingAs, lab: LabHome = None) -> None:
    """Say in plain English what a question asks."""
    from datalab.release.sheet import sheet_of_question  # noqa: PLC0415 - loads only when asked for

    question = read_question(file)
    with opened_desk(lab) as desk:
        say(sheet_of_question(desk, question, project=project, person=actor).explanation)


@app.command()
def preview(
    file: File, project: ForProject, *, group_size: GroupSize = None, actor: ActingAs, lab: LabHome = None
) -> None:
    """Show what a question would cost and how exact it would be; touches neither data nor budget.

    Without a size of the cell, errors that depend on it are shown for several.
    """
    from datalab.cli.tables import show_sheet  # noqa: PLC0415 - as above
    from datalab.release.sheet import sheet_of_question  # noqa: PLC0415 - as above

    question = read_question(file)
    with opened_desk(lab) as desk:
        sheet = sheet_of_question(desk, question, project=project, person=actor, group_size=group_size)
        show_sheet(Screen(), sheet)


@app.command()
def price(
    file: File,
    project: ForProject,
    *,
    measure: Annotated[str, typer.Option(help="The figure that should be so exact.")],
    within: Annotated[
        str,
        typer.Option(help="95 of 100 figures within this: 20 of the figure's unit, 5% of it, 5pp of a share."),
    ],
    group_size: GroupSize = None,
    supposed: Annotated[
        float | None,
        typer.Option(
            "--of", help="For 5%: the figure's supposed size, in the figure's unit.", show_default="by public facts"
        ),
    ] = None,
    group_by: Annotated[
        list[str] | None,
        typer.Option(
            help="Price it by this column instead, as `ward` or `visits.clinic`; once for each column.",
            show_default="as the question is grouped",
        ),
    ] = None,
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Find the least budget that makes a figure as exact as wished; touches neither data nor budget.

    For 5% or 5pp without a size of cell or figure, cells of several sizes are priced. It says of which size of the
    figure 5% are, and for which data that is enough: any within its bounds, or such as previews assume. Where that is
    known and more, it says what any data would cost.
    """
    from datalab.cli.tables import price_table, show_sheet  # noqa: PLC0415 - as above
    from datalab.privacy.wish import Of, Wish, read_within  # noqa: PLC0415 - as above
    from datalab.release.sheet import sheet_of_price  # noqa: PLC0415 - as above

    question = _grouped(read_question(file), group_by)
    amount, of = read_within(within)
    wish = Wish(measure=measure, within=amount, of=of, group_size=group_size, supposed=supposed)
    with opened_desk(lab) as desk:
        found = sheet_of_price(desk, question, wish, project=project, person=actor)
    if found.sheet is None:
        Screen().print(price_table(str(wish), found.sizes))
        more = "--group-size or --of" if of is Of.PERCENT else "--group-size"
        say(f"Choose a size, write its rho into the question, or give {more} for the whole preview.")
        return
    show_sheet(Screen(), found.sheet)
    priced = found.sizes[0].priced
    say(f"{wish} is {priced.aim.says}.")
    say(priced.sold_for)
    if found.sizes[0].assured is not None:
        say(found.sizes[0].assured.says)
    if priced.rho is not None:
        by = f" and group it by {', '.join(group_by)}" if group_by else ""
        say(f'Write "rho": "{rho_text(priced.rho)}" in the question{by}: the least that gives this.')


def _grouped(question: Question, columns: list[str] | None) -> Question:
    """Return a question that is grouped by other columns; its own where none is named.

    Raises:
        QueryError: if it asks for several tables, each of which has columns of its own.
    """
    from datalab.query.build.column import stated  # noqa: PLC0415 - as above

    if not columns:
        return question
    if question.query.tables:
        raise QueryError(
            "A question for several tables is not grouped anew.",
            why="Each table is by columns of its own.",
            remedy="Leave --group-by out, or write the tables that are meant into the question.",
        )
    return replace(question, query=replace(question.query, group_by=tuple(map(stated, columns))))


@app.command()
def finding(
    file: File,
    project: ForProject,
    *,
    measure: Annotated[str, typer.Option(help="The figure in which a difference is looked for.")],
    difference: Annotated[float, typer.Option(help="Its size between two cells, in the figure's unit.")],
    by: Annotated[
        str | None,
        typer.Option(
            help="Of several tables the one to look in, by its columns: `kind, ward`; `(all)` for the total.",
            show_default="each",
        ),
    ] = None,
    group_size: GroupSize = None,
    actor: ActingAs,
    lab: LabHome = None,
) -> None:
    """Say whether a finding of a stated size would be seen through the noise; touches neither data nor budget."""
    from datalab.privacy.accuracy import in_words  # noqa: PLC0415 - as above
    from datalab.release.sheet import visible_finding  # noqa: PLC0415 - as above

    question = read_question(file)
    with opened_desk(lab) as desk:
        seen = visible_finding(
            desk,
            question,
            measure=measure,
            difference=difference,
            count=group_size,
            by=by,
            project=project,
            person=actor,
        )
    say(in_words(seen, difference))


def read_question(file: Path) -> Question:
    """Return the question that a file, or standard input, holds.

    Raises:
        QueryError: if the file cannot be read or holds no question.
    """
    return question_from_json(_bytes(file))


def _bytes(file: Path) -> bytes:
    """Read a file, and no more of it than a question can be long."""
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MAX_QUESTION_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MAX_QUESTION_BYTES + 1)
    except OSError:
        raise QueryError(f"The file {file} cannot be read.", remedy="Correct its path.") from None
