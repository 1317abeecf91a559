"""Whole questions as JSON values."""

from __future__ import annotations

from typing import Any

from datalab.query.model import Query, Question, Table
from datalab.query.written.condition import Conditions, write_where
from datalab.query.written.expression import read_derived, write_derived
from datalab.query.written.join import read_first, read_join, write_first, write_join
from datalab.query.written.measure import read_measures, write_measure
from datalab.query.written.value import ABSENT, count, exact, fail, flag, items, node, read_column, text, write_column

FORMAT = 1
"""Version of the question document."""
_NEEDED = {"format", "dataset", "measures", "rho", "rows_per_unit", "rows_per_cell"}
_ALLOWED = {"where", "joins", "group_by", "title", "derive", "first", "tables", "nonnegative", "top", "discover"}


def read_question(document: object) -> Question:
    """Return the question of a document; raises QueryError with the place."""
    if isinstance(document, dict) and "format" in document:  # first: another format may have other keys
        _check_format(document["format"])
    read = node(document, "question", needed=_NEEDED, allowed=_ALLOWED)
    return Question(
        query=_query(read),
        rho=exact(read["rho"], "rho", "a budget", '"0.05" or "1/20"'),
        rows_per_unit=count(read["rows_per_unit"], "rows_per_unit"),
        rows_per_cell=count(read["rows_per_cell"], "rows_per_cell"),
        title=text(read.get("title", ""), "title"),
    )


def _check_format(stated: object) -> None:
    if type(stated) is not int or stated != FORMAT:
        fail("format", "this format is not known", f'Write "format": {FORMAT}.')


def _query(read: Any) -> Query:  # noqa: ANN401 - JSON values
    conditions = Conditions()
    return Query(
        dataset=text(read["dataset"], "dataset"),
        measures=read_measures(read["measures"], "measures", conditions),
        group_by=tuple(read_column(ref, at) for ref, at in items(read.get("group_by", []), "group_by")),
        where=conditions.read(read.get("where", ABSENT), "where"),
        joins=tuple(read_join(join, at, conditions) for join, at in items(read.get("joins", []), "joins")),
        derive=tuple(read_derived(one, at) for one, at in items(read.get("derive", []), "derive")),
        first=read_first(read.get("first", ABSENT), "first"),
        tables=tuple(_table(table, at) for table, at in items(read.get("tables", []), "tables")),
        nonnegative=flag(read.get("nonnegative", False), "nonnegative"),
        top=count(read["top"], "top") if "top" in read else None,
        discover=read_column(read["discover"], "discover") if "discover" in read else None,
    )


def _table(value: object, place: str) -> Table:
    read = node(value, place, needed={"by"}, allowed={"weight"})
    return Table(
        by=tuple(read_column(ref, at) for ref, at in items(read["by"], f"{place}.by")),
        weight=count(read.get("weight", 1), f"{place}.weight"),
    )


def write_question(question: Question) -> dict[str, Any]:
    """Return a question as JSON values; what is at its default is left out."""
    query = question.query
    document: dict[str, Any] = {
        "format": FORMAT,
        "dataset": query.dataset,
        "measures": [write_measure(measure) for measure in query.measures],
        "rho": str(question.rho),
        "rows_per_unit": question.rows_per_unit,
        "rows_per_cell": question.rows_per_cell,
        **write_where(query.where),
        **write_first(query.first),
    }
    extras: dict[str, Any] = {
        "joins": [write_join(join) for join in query.joins],
        "group_by": [write_column(ref) for ref in query.group_by],
        "derive": [write_derived(derived) for derived in query.derive],
        "tables": [_written(table) for table in query.tables],
        "nonnegative": query.nonnegative,
        "title": question.title,
    }
    if query.top is not None:  # 0 is written too, and refused where it is read: it must not be lost on the way
        document["top"] = query.top
    if query.discover is not None:
        document["discover"] = write_column(query.discover)
    return document | {key: value for key, value in extras.items() if value}


def _written(table: Table) -> dict[str, Any]:
    weight = {} if table.weight == 1 else {"weight": table.weight}
    return {"by": [write_column(ref) for ref in table.by], **weight}


def unqualified(document: Any, dataset: str) -> Any:  # noqa: ANN401 - JSON values
    """Return JSON values with the question's own columns written one way, whether or not their dataset was named.

    A joined dataset's own condition cannot name the first dataset, so the rewriting is safe everywhere.
    """
    if isinstance(document, dict):
        if document.keys() == {"column", "dataset"} and document["dataset"] == dataset:
            return document["column"]
        return {key: unqualified(value, dataset) for key, value in document.items()}
    if isinstance(document, list):
        return [unqualified(item, dataset) for item in document]
    return document
