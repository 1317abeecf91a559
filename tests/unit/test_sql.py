"""Questions in SQL: what is read, and what is refused with the nearest that works."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from chapters import CHAPTERS
from questions_document import sql_of

from datalab.errors import QueryError
from datalab.query.build import Asking, ask, col, days
from datalab.query.sql.reader import sql
from datalab.query.sql.writer import to_sql
from datalab.sample.county import make_county
from notebooks.lab import Lab

DOCUMENT = Path(__file__).parents[2] / "docs/questions-in-sql.md"
COUNTED = ask("t")
WHERE = COUNTED.count_rows(name="n")

READ: tuple[tuple[str, Asking], ...] = (
    ("SELECT COUNT(*) FROM t", COUNTED.count_rows()),
    ("select count(*) as n from t;", WHERE),
    ("SELECT COUNT(*) AS n FROM t;  -- how many\n", WHERE),
    ("SELECT COUNT(*) AS n FROM t /* rows */ ;\n;", WHERE),
    ("SELECT COUNT(DISTINCT unit_id) FROM t -- how many people", COUNTED.count_units()),
    ("SELECT SUM(x), AVG(x) FROM t", COUNTED.sum("x").mean("x")),
    ("SELECT a, COUNT(*) AS n FROM t GROUP BY a", WHERE.group_by("a")),
    ("SELECT COUNT(*) AS n, b, a FROM t GROUP BY 3, b", WHERE.group_by("a", "b")),
    ("SELECT COUNT(*) AS n FROM t GROUP BY a", WHERE.group_by("a")),
    ("SELECT COUNT(*) AS n FROM t AS u WHERE u.a = 'x'", WHERE.where(col("a") == "x")),
    (
        "SELECT COUNT(*) AS n FROM t WHERE a = 1 AND b <> 'x' AND 2 < c",
        WHERE.where(col("a") == 1, col("b") != "x", col("c") > 2),
    ),
    ("SELECT COUNT(*) AS n FROM t WHERE a = 1 OR (b)", WHERE.where((col("a") == 1) | (col("b") == True))),  # noqa: E712 - a description
    ("SELECT COUNT(*) AS n FROM t WHERE NOT a = 1", WHERE.where(col("a") != 1)),
    ("SELECT COUNT(*) AS n FROM t WHERE NOT (a < 1 OR b >= -2.5)", WHERE.where(col("a") >= 1, col("b") < -2.5)),
    ("SELECT COUNT(*) AS n FROM t WHERE a IN ('x', 'y')", WHERE.where(col("a").is_in(["x", "y"]))),
    ("SELECT COUNT(*) AS n FROM t WHERE a NOT IN (1)", WHERE.where(~col("a").is_in([1]), ~col("a").is_missing())),
    ("SELECT COUNT(*) AS n FROM t WHERE a IS NOT NULL", WHERE.where(~col("a").is_missing())),
    ("SELECT COUNT(*) AS n FROM t WHERE a BETWEEN 1 AND 5", WHERE.where(col("a") >= 1, col("a") <= 5)),
    ("SELECT COUNT(*) AS n FROM t WHERE a NOT BETWEEN 1 AND 5", WHERE.where((col("a") < 1) | (col("a") > 5))),
    ("SELECT COUNT(*) AS n FROM t WHERE (a = 1) IS NOT TRUE", WHERE.where(~(col("a") == 1))),
    ("SELECT COUNT(*) AS n FROM t WHERE (a = 1) IS FALSE", WHERE.where(col("a") != 1)),
    ("SELECT COUNT(*) AS n FROM t WHERE a >= DATE '2024-01-31'", WHERE.where(col("a") >= "2024-01-31")),
    (
        'SELECT COUNT(*) AS "An n" FROM "T 1" WHERE "a b" = \'it\'\'s\'',
        ask("T 1").count_rows(name="An n").where(col("a b") == "it's"),
    ),
    ("SELECT s.b, COUNT(*) AS n FROM t JOIN s USING (unit_id) GROUP BY s.b", WHERE.join("s").group_by("s.b")),
    (
        "SELECT COUNT(*) AS n FROM t x JOIN s y ON x.unit_id = y.unit_id WHERE x.a = 1",
        WHERE.join("s").where(col("a") == 1),
    ),
    (
        "SELECT COUNT(*) AS n FROM t JOIN (SELECT * FROM s WHERE c < 3) AS s USING (unit_id)",
        WHERE.join("s", where=col("c") < 3),
    ),
)

AGAIN = "t.unit_id = again.unit_id AND another_row() AND again.d - t.d BETWEEN 0 AND 30"


def again(text: str) -> str:
    """Return a text with the condition in the place of its name."""
    return text.replace("AGAIN", AGAIN)


ONCE_MORE: tuple[tuple[str, Asking], ...] = (
    (
        again("SELECT COUNT(*) AS n FROM t SEMI JOIN t AS again ON AGAIN"),
        WHERE.having("t", within=days("d", "d", 0, 30)),
    ),
    (
        again("SELECT COUNT(*) AS n FROM t ANTI JOIN (SELECT * FROM t WHERE a = 1) AS again ON AGAIN"),
        WHERE.without("t", where=col("a") == 1, within=days("d", "d", 0, 30)),
    ),
    (
        again("SELECT COUNT(*) AS n FROM t WHERE NOT EXISTS (SELECT 1 FROM t AS again WHERE AGAIN AND again.a = 1)"),
        WHERE.without("t", where=col("a") == 1, within=days("d", "d", 0, 30)),
    ),
)
"""A dataset joined to itself."""


@pytest.mark.parametrize(("text", "asking"), ONCE_MORE)
def test_another_row_of_the_same_dataset_is_read(text: str, asking: Asking) -> None:
    """A second name for the question's own dataset stands for another row, and is known in its own condition alone."""
    assert sql(text).query == asking.query


REFUSED: tuple[tuple[str, str], ...] = (
    ("SELECT COUNT(*) FROM t SEMI JOIN t ON t.unit_id = t.unit_id", "name stands twice"),
    ("SELECT COUNT(*) FROM t SEMI JOIN t AS again USING (unit_id)", "its own partner"),
    ("SELECT COUNT(*) FROM t SEMI JOIN t AS again ON t.unit_id = again.unit_id", "another_row()"),
    (
        "SELECT COUNT(*) FROM t WHERE EXISTS (SELECT 1 FROM t AS again WHERE t.unit_id = again.unit_id)",
        "its own partner",
    ),
    ("SELECT COUNT(*) FROM t SEMI JOIN s ON t.unit_id = s.unit_id AND another_row()", "Leave it out"),
    (again("SELECT COUNT(*) FROM t SEMI JOIN t AS again ON AGAIN WHERE again.a = 1"), "names no table again"),
    (again("SELECT again.a, COUNT(*) FROM t SEMI JOIN t AS again ON AGAIN GROUP BY again.a"), "names no table again"),
    ("", "one SELECT"),
    ("SELECT a b c FROM t", "not SQL at line 1"),
    ("DROP TABLE t", "one SELECT"),
    ("EXPLAIN SELECT COUNT(*) FROM t", "one SELECT"),
    ("SELECT COUNT(*) FROM t; SELECT COUNT(*) FROM t", "Several statements stand in one text, parted by ;"),
    (";", "no statement"),
    ("SELECT COUNT(*) FROM t UNION SELECT COUNT(*) FROM s", "one SELECT"),
    ("WITH s AS (SELECT * FROM t) SELECT COUNT(*) FROM s", "Named subqueries"),
    ("SELECT * FROM t", "only added up"),
    ("SELECT a FROM t", "not in GROUP BY"),
    ("SELECT a FROM t GROUP BY a", "Add COUNT"),
    ("SELECT a AS b, COUNT(*) FROM t GROUP BY a", "Leave AS out"),
    ("SELECT COUNT(*)", "names no dataset"),
    ("SELECT COUNT(a) FROM t", "IS NOT NULL"),
    ("SELECT COUNT(DISTINCT a) FROM t", "COUNT(DISTINCT unit_id)"),
    ("SELECT SUM(a * b) FROM t", "2 * column"),
    ("SELECT SUM(a / 2) FROM t", "0.5 * column"),
    ("SELECT SUM(CASE WHEN a THEN 1 END) FROM t", "FILTER"),
    ("SELECT VARIANCE(a) FROM t", "VAR_POP"),
    ("SELECT MEDIAN(a) / COUNT(*) FROM t", "counts and sums"),
    ("SELECT COUNT(*) AS n, GREATEST(COUNT(DISTINCT unit_id), 0) AS m FROM t", "around each figure"),
    ("SELECT COUNT(*) FROM t GROUP BY EXTRACT(YEAR FROM a)", "DATE_TRUNC('year'"),
    ("SELECT COUNT(*) FROM t GROUP BY DATE_TRUNC('decade', a)", "DATE_TRUNC('month'"),
    ("SELECT COUNT(*) FROM t GROUP BY CUBE (a, b, c, d, e, f, g)", "at most 64"),
    ("SELECT /*+ WEIGHTS(1) */ COUNT(*) FROM t GROUP BY ROLLUP (a)", "State one for each"),
    ("SELECT COUNT(*) AS n FROM t GROUP BY a ORDER BY n LIMIT 3", "DESC LIMIT"),
    ("SELECT COUNT(*) FROM t QUALIFY RANK() OVER (ORDER BY a) = 1", "ROW_NUMBER"),
    ("SELECT COUNT(*) FROM t JOIN s ON t.unit_id = s.unit_id AND s.a > 3", "filter with WHERE"),
    ("SELECT COUNT(*) FROM t WHERE EXISTS (SELECT 1 FROM s WHERE s.unit_id = t.unit_id) OR a = 1", "by AND"),
    ("SELECT SUM(DISTINCT a) FROM t", "cannot stand"),
    ("SELECT MAX(a) FROM t", "somebody's value"),
    ("SELECT COUNT(*) OVER () FROM t", "GROUP BY"),
    ("SELECT DISTINCT a FROM t", "lists values"),
    ("SELECT COUNT(*) FROM t GROUP BY 9", "names no column"),
    ("SELECT COUNT(*) FROM t GROUP BY UPPER(a)", "place of a column"),
    ("SELECT COUNT(*) FROM t HAVING COUNT(*) > 1", "choose among the released"),
    ("SELECT COUNT(*) FROM t ORDER BY 1", "Leave ORDER BY out"),
    ("SELECT COUNT(*) FROM t LIMIT 1", "Leave LIMIT out"),
    ("SELECT COUNT(*) FROM t TABLESAMPLE (10 PERCENT)", "SAMPLE"),
    ("SELECT COUNT(*) FROM t AS u (a, b)", "COLUMNS"),
    ("SELECT COUNT(*) FROM d.t", "DB"),
    ("SELECT COUNT(*) FROM t, s", "USING (unit_id)"),
    ("SELECT COUNT(*) FROM t LEFT JOIN s USING (unit_id)", "inner joins"),
    ("SELECT COUNT(*) FROM t CROSS JOIN s", "inner joins"),
    ("SELECT COUNT(*) FROM t JOIN s ON t.a < s.a", "privacy unit"),
    ("SELECT COUNT(*) FROM t JOIN s ON t.unit_id < s.unit_id", "privacy unit"),
    ("SELECT COUNT(*) FROM t JOIN s ON s.unit_id = s.unit_id", "privacy unit"),
    ("SELECT COUNT(*) FROM t JOIN t USING (unit_id)", "stands twice"),
    ("SELECT COUNT(*) FROM t JOIN (SELECT a FROM s) AS s USING (unit_id)", "cannot stand in FROM"),
    ("SELECT COUNT(*) FROM t JOIN (SELECT * FROM s LIMIT 3) AS s USING (unit_id)", "LIMIT"),
    ("SELECT COUNT(*) FROM (SELECT * FROM t) AS t", "cannot stand in FROM"),
    ("SELECT COUNT(*) FROM t JOIN s USING (unit_id) WHERE a = 1", "dataset.column"),
    ("SELECT COUNT(*) FROM t WHERE u.a = 1", "names no table"),
    ("SELECT COUNT(*) FROM t WHERE a = b", "Two columns"),
    ("SELECT COUNT(*) FROM t WHERE a = NULL", "IS NULL"),
    ("SELECT COUNT(*) FROM t WHERE a LIKE 'ZZMARK%'", "IN ("),
    ("SELECT COUNT(*) FROM t WHERE a = 'ZZMARK' || 'x'", "compared whole"),
    ("SELECT COUNT(*) FROM t WHERE a = (SELECT MAX(a) FROM t)", "another query"),
    ("SELECT COUNT(*) FROM t WHERE a IN (SELECT a FROM t)", "List the values"),
    ("SELECT COUNT(*) FROM t WHERE EXISTS (SELECT 1)", "partner of the same unit"),
    ("SELECT COUNT(*) FROM t WHERE a = ?", "Write the value"),
    ("SELECT COUNT(*) FROM t WHERE a = 1e999", "too large"),
    ("SELECT COUNT(*) FROM t WHERE TRUE", "subset"),
    ("SELECT COUNT(*) FROM t WHERE CAST(a AS INT) = 1", "place of a column"),
    ("SELECT COUNT(*) FROM t WHERE RANDOM() < 0.5", "place of a column"),
    ("SELECT COUNT(*) FROM t WHERE " + "(" * 500 + "a = 1" + ")" * 500, "too"),
    ("SELECT COUNT(*) FROM t WHERE " + "NOT " * 20 + "a = 1", "Simplify"),
    (" AND ".join(["SELECT COUNT(*) FROM t WHERE a = 1", *["a = 1"] * 2_000]), "Simplify"),
    (", ".join(["SELECT COUNT(*) FROM t WHERE a IN (1", *["1"] * 1_000, "1)"]), "Shorten"),
    ("SELECT COUNT(*) FROM t WHERE a = '" + "x" * 70_000 + "'", "65,536 bytes. Shorten it: "),
)


@pytest.mark.parametrize(("text", "asking"), READ, ids=[text for text, _ in READ])
def test_sql_reads_as_the_builder_says(text: str, asking: Asking) -> None:
    """Each SELECT is the question that the builder makes, and what is written from it is read back."""
    assert sql(text).query == asking.query
    assert sql(to_sql(asking.query)).query == asking.query


@pytest.mark.parametrize(("text", "told"), REFUSED, ids=[text[:60] for text, _ in REFUSED])
def test_what_is_not_answered_says_what_works(text: str, told: str) -> None:
    """Each is refused with a reason; no value of the text stands in it."""
    with pytest.raises(QueryError) as refused:
        sql(text)

    assert told in str(refused.value)
    assert "ZZMARK" not in str(refused.value)


def test_a_title_and_a_price_finish_a_question() -> None:
    """SQL asks, `spend` pays."""
    question = sql("SELECT COUNT(*) FROM t", title="All").spend(rho="1/10", rows_per_unit=4)

    assert question == ask("t").count_rows().titled("All").spend(rho="1/10", rows_per_unit=4)


@pytest.mark.parametrize("text", re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL))
def test_the_documents_examples_are_read(text: str) -> None:
    """Every example of docs/questions-in-sql.md is in the subset, and is written back as itself."""
    asking = sql(text)

    assert sql(to_sql(asking.query)).query == asking.query


@pytest.mark.parametrize(
    "piece",
    *[
        [
            "(",
            "NOT ",
            "f(",
            "CASE WHEN a THEN ",
            "a AND ",
            "EXISTS(SELECT ",
            "[",
            "a + ",
            "'",
            "a.",
            "a LIKE ",
            "STRUCT(",
        ]
    ],
)
def test_enormous_sql_is_refused_in_time(piece: str) -> None:
    """Text that nests or repeats as far as its size allows is refused within seconds, and without a trace."""
    text = "SELECT COUNT(*) FROM t WHERE "
    text += piece * ((60_000 - len(text)) // len(piece))
    begun = time.monotonic()
    with pytest.raises(QueryError):
        sql(text)

    assert time.monotonic() - begun < 10


def test_the_document_names_every_function_that_is_written() -> None:
    """SQL that is written has functions that docs/questions-in-sql.md lists, by their names there."""
    asked = [example.question for chapter in CHAPTERS for example in chapter.examples]
    written = {name for one in asked for name in re.findall(r"\b(\w+)\(", sql_of(one))} - {"FILTER"}
    listed = set(re.findall(r"\b(\w+)\(", DOCUMENT.read_text().partition("## Examples")[0]))

    assert {"VAR_POP", "STDDEV_POP", "band"} < written
    assert written <= listed


def test_both_names_of_the_population_variance_are_read() -> None:
    """The standard's name and the longer one are the same figure, which is written by the standard's."""
    asked = sql("SELECT VAR_POP(x) FROM t").query

    assert asked == sql("SELECT VARIANCE_POP(x) FROM t").query == COUNTED.variance("x").query
    assert "VAR_POP(x)" in to_sql(asked)


def test_what_the_document_shows_can_be_asked_of_the_sample_county(tmp_path: Path) -> None:
    """Every example passes the check against the contracts that it is written for, so it can be pasted and priced."""
    make_county(tmp_path, people=50, seed=1)
    lab = Lab.from_contracts(tmp_path / "contracts")
    examples = re.findall(r"```sql\n(.*?)\n```", DOCUMENT.read_text(), re.DOTALL)
    assert len(examples) > 3
    for example in examples:
        lab.check(sql(example).spend(rho="1/10", rows_per_unit=4))
