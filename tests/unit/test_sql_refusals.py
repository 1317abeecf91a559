# ruff: noqa: E501, S608 - a table of SQL, which is what is tested
"""What SQL can say and the lab does not answer: each is refused with its reason, and with the nearest that works."""

from __future__ import annotations

import logging

import pytest
from sql_contracts import submitted

from datalab.errors import QueryError
from datalab.query.sql.reader import sql
from datalab.query.sql.told import OTHER

PLAIN = "SELECT COUNT(*) FROM visits"
BY_WARD = "SELECT ward, COUNT(*) AS rows FROM visits GROUP BY ward"
LARGEST = f"{BY_WARD} ORDER BY rows DESC LIMIT 5"
VALUE = f"{PLAIN} WHERE minutes = 3"
TEXT = f"{PLAIN} WHERE kind = 'theft'"
MISSING = f"{PLAIN} WHERE minutes IS NULL"
FILTERED = "SELECT COUNT(*) FROM visits JOIN (SELECT * FROM crimes WHERE kind = 'theft') AS crimes USING (unit_id)"
IN_LIST = f"{PLAIN} WHERE kind IN ('theft')"
QUANTILE = "SELECT PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY minutes) FROM visits"
FILTER = "SELECT COUNT(*) FILTER (WHERE kind IS NOT NULL) FROM visits"
DATED = f"{PLAIN} WHERE arrived_at >= DATE '2024-01-31'"
MARGINS = "SELECT ward, kind, COUNT(*) FROM visits GROUP BY ROLLUP (ward, kind)"
USING = "SELECT COUNT(*) FROM visits JOIN crimes USING (unit_id)"
WITHIN = f"{USING} WHERE visits.arrived_at BETWEEN crimes.on_day AND crimes.on_day + INTERVAL '30' DAY"
LATERAL = "SELECT minutes_band, COUNT(*) FROM visits CROSS JOIN LATERAL (SELECT band(minutes, 10) AS minutes_band) AS derived GROUP BY minutes_band"

MEDIAN = "SELECT MEDIAN(minutes) FROM visits"
SHARE = "SELECT 1.0 * COUNT(*) FILTER (WHERE kind = 'theft') / COUNT(*) FROM visits"
UNITS = "SELECT COUNT(DISTINCT unit_id) FILTER (WHERE kind = 'theft') FROM visits"
BANDS = "SELECT band(minutes, 10, 20, 30) AS minutes_band, COUNT(*) FROM visits GROUP BY minutes_band"
MONTHS = "SELECT DATE_TRUNC('month', on_day), COUNT(*) FROM visits GROUP BY 1"
YEARS = "SELECT COUNT(*) FROM visits WHERE DATE_TRUNC('year', on_day) = '2024'"
WEEKDAYS = "SELECT weekday(on_day), COUNT(*) FROM visits GROUP BY 1"
HOURS = "SELECT EXTRACT(HOUR FROM arrived_at), COUNT(*) FROM visits GROUP BY 1"
PARTNER = f"{PLAIN} WHERE NOT EXISTS (SELECT 1 FROM crimes WHERE crimes.unit_id = visits.unit_id)"
TOTAL = "SELECT ward, COUNT(*) FROM visits GROUP BY ROLLUP (ward)"

REFUSED: tuple[tuple[str, str, str, str], ...] = (
    # statements: text, reason, what the remedy says, and a question that it leads to
    ("INSERT INTO visits VALUES (1)", "begins with INSERT", "SELECT ward, COUNT(*)", BY_WARD),
    ("UPDATE visits SET ward = 1", "changes nothing", "SELECT ward, COUNT(*)", BY_WARD),
    ("DELETE FROM visits", "changes nothing", "SELECT ward, COUNT(*)", BY_WARD),
    ("MERGE INTO visits USING crimes ON a = b WHEN MATCHED THEN DELETE", "changes nothing", "SELECT ward", BY_WARD),
    ("TRUNCATE TABLE visits", "changes nothing", "SELECT ward, COUNT(*)", BY_WARD),
    ("CREATE TABLE mine AS SELECT * FROM visits", "custodians publish", "Filter a joined table", FILTERED),
    ("CREATE FUNCTION f() RETURNS INT AS 'SELECT 1'", "custodians publish", "Filter a joined table", FILTERED),
    ("ALTER TABLE visits ADD COLUMN a INT", "custodians publish", "Filter a joined table", FILTERED),
    ("DROP TABLE visits", "custodians publish", "Filter a joined table", FILTERED),
    ("GRANT SELECT ON visits TO ann", "custodians publish", "Filter a joined table", FILTERED),
    ("COPY visits TO '/tmp/visits.csv'", "reads or writes files", "SELECT ward, COUNT(*)", BY_WARD),
    ("ATTACH 'other.db' AS other", "reads or writes files", "SELECT ward, COUNT(*)", BY_WARD),
    ("PRAGMA table_info(visits)", "no session", "SELECT ward, COUNT(*)", BY_WARD),
    ("SET threads = 1", "no session", "SELECT ward, COUNT(*)", BY_WARD),
    ("BEGIN", "no session", "SELECT ward, COUNT(*)", BY_WARD),
    ("CALL f()", "no procedure", "SELECT ward, COUNT(*)", BY_WARD),
    ("EXECUTE f", "no procedure", "SELECT ward, COUNT(*)", BY_WARD),
    ("SHOW TABLES", "known without asking", "Lab.columns", PLAIN),
    ("DESCRIBE visits", "known without asking", "Lab.columns", PLAIN),
    ("EXPLAIN SELECT COUNT(*) FROM visits", "known without asking", "datalab request explain", PLAIN),
    ("VALUES (1)", "no rows of its own", "SELECT ward, COUNT(*)", BY_WARD),
    ("FROM visits SELECT COUNT(*)", "comes first", "SELECT ward, COUNT(*)", BY_WARD),
    (f"({PLAIN})", "brackets around", "Leave the outer brackets out", PLAIN),
    (f"{PLAIN}; DROP TABLE visits", "Several statements", "a text of its own", PLAIN),
    (f"{PLAIN} UNION ALL SELECT COUNT(*) FROM crimes", "UNION cannot be answered", "Ask two questions", PLAIN),
    (f"{PLAIN} INTERSECT SELECT COUNT(*) FROM crimes", "INTERSECT cannot", "OR", f"{TEXT} OR minutes = 3"),
    (f"{PLAIN} EXCEPT SELECT COUNT(*) FROM crimes", "EXCEPT cannot", "GROUPING SETS", MARGINS),
    ("WITH v AS (SELECT * FROM visits) SELECT COUNT(*) FROM v", "named subqueries", "JOIN (SELECT * FROM", FILTERED),
    ("WITH RECURSIVE r AS (SELECT 1) SELECT COUNT(*) FROM r", "named subqueries", "JOIN (SELECT * FROM", FILTERED),
    # clauses
    ("SELECT COUNT(*) FROM visits TABLESAMPLE (10 PERCENT)", "TABLESAMPLE", "rows_per_unit", PLAIN),
    ("SELECT COUNT(*) FROM visits PIVOT (COUNT(*) FOR ward IN ('a'))", "PIVOT", "turn the released table", BY_WARD),
    ("SELECT COUNT(*) FROM visits UNPIVOT (v FOR ward IN (a, b))", "PIVOT", "turn the released table", BY_WARD),
    ("SELECT COUNT(*) FROM visits, LATERAL (SELECT a AS b FROM crimes) AS x", "reads no dataset", "LATERAL", LATERAL),
    ("SELECT COUNT(*) FROM visits CROSS JOIN LATERAL (SELECT 1) AS x", "reads no dataset", "LATERAL", LATERAL),
    ("SELECT COUNT(*) FROM visits LATERAL VIEW EXPLODE(a) x AS b", "not taken apart", "Group by a column", BY_WARD),
    ("SELECT COUNT(*) FROM visits CROSS APPLY crimes", "reads no dataset", "LATERAL", LATERAL),
    (f"{PLAIN} QUALIFY COUNT(*) > 1", "first or last row", "ROW_NUMBER()",
     f"{PLAIN} QUALIFY ROW_NUMBER() OVER (PARTITION BY unit_id ORDER BY arrived_at) = 1"),
    (f"{BY_WARD} HAVING COUNT(*) > 9", "exact figures", "ORDER BY figure DESC LIMIT 5", LARGEST),
    ("SELECT DISTINCT ward FROM visits", "lists values", "Group by a column", BY_WARD),
    ("SELECT DISTINCT ON (ward) ward, COUNT(*) FROM visits GROUP BY ward", "lists values", "Group by", BY_WARD),
    (f"{BY_WARD} WITH ROLLUP", "as the standard does", "GROUP BY ROLLUP (a, b)", MARGINS),
    ("SELECT COUNT(*) FROM visits GROUP BY ALL", "one by one", "GROUP BY a, b", BY_WARD),
    ("SELECT COUNT(*) FROM visits GROUP BY GROUPING SETS ((ward), (SOUNDEX(kind)))", "not in the subset", "band", MARGINS),
    ("SELECT COUNT(*) FROM visits GROUP BY CUBE (a, b, c, d, e, f, g)", "at most 64", "fewer GROUPING SETS", MARGINS),
    ("SELECT COUNT(*), GROUPING(ward) FROM visits GROUP BY ROLLUP (ward, kind)", "which of its tables", "out", MARGINS),
    (f"{BY_WARD} ORDER BY rows DESC FETCH FIRST 5 ROWS ONLY", "FETCH cannot", "ORDER BY figure DESC LIMIT 5", LARGEST),
    (f"{LARGEST} OFFSET 2", "OFFSET cannot", "ORDER BY figure DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT 2, 5", "OFFSET cannot", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT 10 PERCENT", "PERCENT", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT ALL", "LIMIT is not read", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT 0", "LIMIT is not read", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT -1", "LIMIT is not read", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT 2.5", "LIMIT is not read", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC LIMIT 99999999999", "whole number is needed", "Write a whole number", LARGEST),
    (f"{BY_WARD} LIMIT 5", "every group", "ORDER BY figure DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY ward", "sorting", "Leave ORDER BY out", BY_WARD),
    (f"{BY_WARD} ORDER BY ward DESC LIMIT 5", "largest first figure", "ORDER BY rows DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY 1 DESC LIMIT 5", "largest first figure", "ORDER BY rows DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY 9 DESC LIMIT 5", "largest first figure", "ORDER BY rows DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY '2' DESC LIMIT 5", "largest first figure", "ORDER BY rows DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC, ward LIMIT 5", "of equal ones", "ORDER BY rows DESC LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY RANDOM() LIMIT 5", "largest first figure", "ORDER BY rows DESC LIMIT 5", LARGEST),
    ("SELECT ward, COUNT(*) AS rows, SUM(minutes) AS total FROM visits GROUP BY ward ORDER BY total DESC LIMIT 5",
     "largest first figure", "put that one first",
     "SELECT ward, SUM(minutes) AS total, COUNT(*) AS rows FROM visits GROUP BY ward ORDER BY total DESC LIMIT 5"),
    (f"{PLAIN} FOR UPDATE", "locks nothing", "Leave FOR UPDATE out", PLAIN),
    ("SELECT COUNT(*) INTO mine FROM visits", "writes nothing", "Leave INTO out", PLAIN),
    (f"{PLAIN} WINDOW w AS (ORDER BY ward)", "for each row", "GROUP BY", BY_WARD),
    (f"{PLAIN} CONNECT BY PRIOR a = b", "not followed", "within days", WITHIN),
    (f"{PLAIN} CLUSTER BY ward", "contract's order", "out", PLAIN),
    (f"{PLAIN} FOR SYSTEM_TIME AS OF '2024-01-01'", "newest version", "out", PLAIN),
    ("SELECT /*+ BROADCAST(crimes) */ COUNT(*) FROM visits", "plans its own work", "Leave it out", PLAIN),
    ("SELECT COUNT(*) /*+ WEIGHTS(2, 1, 1) */ FROM visits", "passed over", "right after SELECT",
     MARGINS.replace("SELECT", "SELECT /*+ WEIGHTS(2, 1, 1) */")),
    ("SELECT COUNT(*) FROM visits WITH (NOLOCK)", "plans its own work", "Leave the hint out", PLAIN),
    ("SELECT COUNT(*) FROM lab.visits", "one name", "alone", PLAIN),
    ("SELECT COUNT(*) FROM visits AS v (a, b)", "what the contract calls them", "FROM dataset AS d", PLAIN),
    ("SELECT COUNT(*) FROM read_csv('visits.csv')", "name datasets", "FROM dataset", PLAIN),
    ("SELECT COUNT(*) FROM UNNEST(a) AS v", "not taken apart", "FROM dataset", PLAIN),
    ("SELECT COUNT(*) FROM (VALUES (1)) AS v (a)", "no rows of its own", "FROM dataset", PLAIN),
    ("SELECT COUNT(*) FROM (SELECT * FROM visits) AS v", "another query", "Join the dataset", USING),
    ("SELECT COUNT(*) FROM visits LEFT JOIN crimes USING (unit_id)", "without a partner", "USING (unit_id)", USING),
    ("SELECT COUNT(*) FROM visits FULL JOIN crimes USING (unit_id)", "without a partner", "USING (unit_id)", USING),
    ("SELECT COUNT(*) FROM visits NATURAL JOIN crimes", "without a partner", "USING (unit_id)", USING),
    ("SELECT COUNT(*) FROM visits, crimes", "privacy unit", "USING (unit_id)", USING),
    # parts
    ("SELECT (SELECT COUNT(*) FROM crimes) FROM visits", "exact figures", "Join the dataset", USING),
    (f"{PLAIN} WHERE a IN (SELECT a FROM crimes)", "exact", "List the values", IN_LIST),
    (f"{PLAIN} WHERE a = ANY (SELECT a FROM crimes)", "written out", "column IN", IN_LIST),
    (f"{PLAIN} WHERE EXISTS (SELECT 1 FROM crimes)", "partner of the same unit", "EXISTS (SELECT 1 FROM",
     f"{PLAIN} WHERE EXISTS (SELECT 1 FROM crimes WHERE crimes.unit_id = visits.unit_id)"),
    ("SELECT SUM(a) OVER (PARTITION BY ward) FROM visits", "for each row", "GROUP BY", BY_WARD),
    ("SELECT LAG(a) OVER (ORDER BY b) FROM visits", "for each row", "GROUP BY", BY_WARD),
    ("SELECT * FROM visits", "cannot be listed", "COUNT(*)", PLAIN),
    ("SELECT 1 FROM visits", "holds figures", "COUNT(*)", PLAIN),
    ("SELECT MAX(minutes) FROM visits", "somebody's value", "PERCENTILE_CONT(0.99)", QUANTILE),
    ("SELECT ARRAY_AGG(ward) FROM visits", "not offered", "COUNT(*)", PLAIN),
    ("SELECT STRING_AGG(ward, ',') FROM visits", "not offered", "COUNT(*)", PLAIN),
    ("SELECT CORR(a, b) FROM visits", "go together", "band(column, 10, 20)", "SELECT COUNT(*) FROM visits GROUP BY band(minutes, 10, 20), band(cost, 5)"),
    ("SELECT APPROX_COUNT_DISTINCT(ward) FROM visits", "counted distinctly", "COUNT(DISTINCT unit_id)", "SELECT COUNT(DISTINCT unit_id) FROM visits"),
    ("SELECT COUNT(kind) FROM visits", "have a value", "FILTER (WHERE column IS NOT NULL)", FILTER),
    ("SELECT COUNT(*) + 1 FROM visits", "released as they are", "Ask for it alone", PLAIN),
    ("SELECT ROUND(AVG(minutes), 2) FROM visits", "released as they are", "alone", "SELECT AVG(minutes) FROM visits"),
    ("SELECT SUM(CASE WHEN a = 1 THEN 1 END) FROM visits", "worked out", "COUNT(*) FILTER", FILTER),
    ("SELECT my_function(a) FROM visits", "not in the subset", "band, recode, clamp", LATERAL),
    ("SELECT pg_sleep(10) FROM visits", "not in the subset", "band, recode, clamp", LATERAL),
    (f"{PLAIN} WHERE my_function(a) = 1", "not in the subset", "Compare a column with a value", IN_LIST),
    (f"{PLAIN} WHERE a LIKE 'x%'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a NOT ILIKE 'x%'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a SIMILAR TO 'x'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE REGEXP_LIKE(a, 'x')", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a RLIKE 'x'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a ~ 'x'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a GLOB 'x'", "compared whole", "IN ('...', '...')", IN_LIST),
    (f"{PLAIN} WHERE a::int = 1", "type that its contract states", "column = 3", VALUE),
    (f"{PLAIN} WHERE CAST(a AS DATE) = '2024-01-31'", "type that its contract states", "DATE '2024-01-31'", DATED),
    (f"{PLAIN} WHERE TRY_CAST(a AS INT) = 1", "type that its contract states", "column = 3", VALUE),
    (f"{PLAIN} WHERE a = TIMESTAMP '2024-01-31 12:00:00'", "type", "'2024-01-31T12:00:00'",
     f"{PLAIN} WHERE arrived_at = '2024-01-31T12:00:00'"),
    (f"{PLAIN} WHERE a >= CURRENT_DATE", "whenever it is asked", "DATE '2024-01-31'", DATED),
    (f"{PLAIN} WHERE a >= NOW() - INTERVAL '30' DAY", "two tables' dates", "DATE '2024-01-31'", DATED),
    (f"{PLAIN} WHERE RANDOM() < 0.5", "never by chance", "Leave it out", PLAIN),
    (f"{PLAIN} WHERE a IS DISTINCT FROM 1", "asked for by name", "<> value OR", f"{PLAIN} WHERE minutes <> 3 OR minutes IS NULL"),
    (f"{PLAIN} WHERE COALESCE(a, 0) = 1", "stays missing", "IS NULL", f"{VALUE} OR minutes IS NULL"),
    (f"{PLAIN} WHERE a = NULL", "never true", "column IS NULL", MISSING),
    (f"{PLAIN} WHERE (a, b) = (1, 2)", "one column", "a = 1 AND b = 2", f"{TEXT} AND minutes = 3"),
    (f"{PLAIN} WHERE a = b", "Two columns", "column = value", VALUE),
    (f"{USING} WHERE visits.a < crimes.b AND visits.c < crimes.b", "Two columns", "INTERVAL '30' DAY", WITHIN),
    (f"{PLAIN} WHERE on_day < arrived_on", "Two columns", "days_between(earlier, later) >= 1", VALUE),
    (f"{PLAIN} WHERE a IN (1, b)", "written out", "single quotes", IN_LIST),
    (f"{PLAIN} WHERE 1 = 1", "column is needed", "Name a column", VALUE),
    (f"{PLAIN} WHERE TRUE", "compares a column", "column = 'value'", TEXT),
    (f"{PLAIN} WHERE COUNT(*) > 1", "cannot choose rows", "ORDER BY figure DESC LIMIT 5", LARGEST),
    (f"{PLAIN} WHERE a = 'x' COLLATE nocase", "as the contract writes them", "Leave COLLATE out", TEXT),
    (f"{PLAIN} WHERE a = ?", "complete as it stands", "Write the value itself", VALUE),
    (f"{PLAIN} WHERE a = $1", "complete as it stands", "Write the value itself", VALUE),
    (f"{PLAIN} WHERE a = :ward", "complete as it stands", "Write the value itself", VALUE),
    (f"{PLAIN} WHERE a = @ward", "complete as it stands", "Write the value itself", VALUE),
    (f"{PLAIN} WHERE a = {{{{ ward }}}}", "templates", "single values", VALUE),
    (f"{PLAIN} WHERE a[1] = 1", "lists", "single values", VALUE),
    (f"{PLAIN} WHERE a -> 'x' = 1", "lists, structures", "single values", VALUE),
    (f"{PLAIN} WHERE a = STRUCT(1)", "lists, structures", "single values", VALUE),
    ("SELECT COUNT(*) FROM `visits`", "none of the subset", 'with "', 'SELECT COUNT(*) FROM "visits"'),
    # what analysts write
    ("SELECT PERCENTILE_CONT(0.01) WITHIN GROUP (ORDER BY minutes DESC) FROM visits", "least value upwards",
     "PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY column), without DESC", QUANTILE),
    ("SELECT AVG(DISTINCT minutes) FROM visits", "single people", "Leave DISTINCT out", "SELECT AVG(minutes) FROM visits"),
    ("SELECT SUM(DISTINCT minutes) FROM visits", "single people", "Leave DISTINCT out", "SELECT SUM(minutes) FROM visits"),
    ("SELECT MEDIAN(DISTINCT minutes) FROM visits", "single people", "Leave DISTINCT out", MEDIAN),
    ("SELECT TOP 5 ward, COUNT(*) AS rows FROM visits GROUP BY ward ORDER BY rows DESC", "TOP cannot", "LIMIT 5", LARGEST),
    ("SELECT DISTINCT TOP (5) ward FROM visits", "TOP cannot", "at the end ORDER BY figure DESC LIMIT 5", LARGEST),
    ("SELECT TOP 5 PERCENT ward, COUNT(*) AS rows FROM visits GROUP BY ward", "TOP cannot", "LIMIT 5", LARGEST),
    (f"{BY_WARD} ORDER BY rows DESC FETCH FIRST 5 ROWS WITH TIES", "FETCH cannot", "For FETCH FIRST 5 ROWS ONLY", LARGEST),
    ("SELECT SUM(CASE WHEN kind = 'theft' THEN minutes ELSE 0 END) FROM visits", "functions of the subset",
     "SUM(column) FILTER", "SELECT SUM(minutes) FILTER (WHERE kind = 'theft') FROM visits"),
    ("SELECT AVG(CASE WHEN kind = 'theft' THEN 1.0 ELSE 0 END) FROM visits", "functions of the subset", "their share", SHARE),
    ("SELECT COUNT(CASE WHEN kind = 'theft' THEN 1 END) FROM visits", "functions of the subset", "COUNT(*) FILTER", FILTER),
    ("SELECT COUNT(DISTINCT CASE WHEN kind = 'theft' THEN unit_id END) FROM visits", "beside it",
     "COUNT(DISTINCT unit_id) FILTER", UNITS),
    ("SELECT CASE WHEN minutes < 10 THEN 'a' ELSE 'b' END, COUNT(*) FROM visits GROUP BY 1", "functions of the subset",
     "for groups band", BANDS),
    ("SELECT SUM(IF(kind = 'theft', 1, 0)) FROM visits", "functions of the subset", "COUNT(*) FILTER", FILTER),
    ("SELECT SUM(kind = 'theft') FROM visits", "no value to add up", "COUNT(*) FILTER", FILTER),
    ("SELECT COUNT_IF(kind = 'theft') FROM visits", "no value to add up", "COUNT(*) FILTER", FILTER),
    ("SELECT BOOL_OR(kind = 'theft') FROM visits", "no value to add up", "COUNT(*) FILTER", FILTER),
    ("SELECT EVERY(kind = 'theft') FROM visits", "no value to add up", "COUNT(*) FILTER", FILTER),
    ("SELECT COUNT(1) FROM visits", "counts every row", "COUNT(*)", PLAIN),
    ("SELECT COUNT(*) / NULLIF(COUNT(DISTINCT unit_id), 0) FROM visits", "0 below the line", "figure itself", SHARE),
    ("SELECT 100.0 * COUNT(*) / SUM(COUNT(*)) OVER () FROM visits GROUP BY ward", "each row", "ROLLUP (a)", TOTAL),
    ("SELECT RANK() OVER (ORDER BY COUNT(*) DESC) FROM visits GROUP BY ward", "each row", "rank", BY_WARD),
    ("SELECT NTILE(4) OVER (ORDER BY minutes), COUNT(*) FROM visits GROUP BY 1", "each row", "GROUP BY", BY_WARD),
    ("SELECT DATE_TRUNC('hour', on_day), COUNT(*) FROM visits GROUP BY 1", "periods are", "EXTRACT(HOUR", HOURS),
    ("SELECT DATE_PART('month', on_day), COUNT(*) FROM visits GROUP BY 1", "cut from dates", "DATE_TRUNC", MONTHS),
    ("SELECT TO_CHAR(on_day, 'YYYY-MM'), COUNT(*) FROM visits GROUP BY 1", "cut from dates", "DATE_TRUNC('month'", MONTHS),
    ("SELECT strftime('%Y', on_day), COUNT(*) FROM visits GROUP BY 1", "cut from dates", "DATE_TRUNC", MONTHS),
    ("SELECT DATE(on_day), COUNT(*) FROM visits GROUP BY 1", "cut from dates", "DATE_TRUNC", MONTHS),
    ("SELECT DAYOFWEEK(on_day), COUNT(*) FROM visits GROUP BY 1", "by their names", "weekday(column)", WEEKDAYS),
    ("SELECT EXTRACT(DOW FROM on_day), COUNT(*) FROM visits GROUP BY 1", "texts here", "Write weekday(column).", WEEKDAYS),
    (f"{PLAIN} WHERE EXTRACT(YEAR FROM on_day) = 2024", "texts here", "DATE_TRUNC('year', column)", YEARS),
    (f"{PLAIN} WHERE YEAR(on_day) = 2024", "cut from dates", "DATE_TRUNC('year', column)", YEARS),
    (f"{PLAIN} WHERE on_day > CURRENT_DATE - 30", "whenever it is asked", "DATE '2024-01-31'", DATED),
    ("SELECT DATEADD(day, 30, on_day), COUNT(*) FROM visits GROUP BY 1", "two tables' dates", "INTERVAL '30' DAY", WITHIN),
    ("SELECT AGE(on_day), COUNT(*) FROM visits GROUP BY 1", "lab's own function", "days_between(",
     "SELECT AVG(days_between(born, on_day)) FROM visits"),
    ("SELECT FLOOR(minutes / 10) * 10, COUNT(*) FROM visits GROUP BY 1", "edges", "band(column, 10, 20, 30)", BANDS),
    ("SELECT WIDTH_BUCKET(minutes, 0, 9, 3), COUNT(*) FROM visits GROUP BY 1", "edges", "band(column, 10, 20, 30)", BANDS),
    ("SELECT HISTOGRAM(minutes) FROM visits", "count by bands", "band(column, 10, 20)", BANDS),
    (f"{PLAIN} WHERE UPPER(kind) = 'THEFT'", "texts are compared whole", "column IN", IN_LIST),
    (f"{PLAIN} WHERE SUBSTRING(kind, 1, 1) = 't'", "texts are compared whole", "column IN", IN_LIST),
    (f"{PLAIN} WHERE kind || 'x' = 'theftx'", "texts are compared whole", "column IN", IN_LIST),
    (f"{PLAIN} WHERE LENGTH(kind) > 3", "texts are compared whole", "column IN", IN_LIST),
    (f'{PLAIN} WHERE kind = "theft"', "Two columns", "in single quotes", IN_LIST),
    (f"{PLAIN} WHERE unit_id NOT IN (SELECT unit_id FROM crimes)", "exact", "[NOT] EXISTS (SELECT 1", PARTNER),
    ("SELECT AVG(n) FROM (SELECT unit_id, COUNT(*) AS n FROM visits GROUP BY unit_id) AS t", "another query",
     "unit_rows(0.5)", "SELECT unit_rows(0.5), 1.0 * COUNT(*) / COUNT(DISTINCT unit_id) FROM visits"),
    ("SELECT MODE() WITHIN GROUP (ORDER BY ward) FROM visits", "after the noise", "LIMIT 1",
     f"{BY_WARD} ORDER BY rows DESC LIMIT 1"),
    ("SELECT ANY_VALUE(minutes) FROM visits", "somebody's value", "MEDIAN(column)", MEDIAN),
    ("SELECT APPROX_PERCENTILE(minutes, 0.9) FROM visits", "as the standard does", "WITHIN GROUP", QUANTILE),
    ("SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY minutes NULLS FIRST) FROM visits", "in no quantile",
     "Leave NULLS FIRST out", QUANTILE),
    (f"{BY_WARD} ORDER BY rows DESC NULLS FIRST LIMIT 1", "after the noise", "Leave NULLS FIRST out",
     f"{BY_WARD} ORDER BY rows DESC LIMIT 1"),
    ("SELECT PERCENTILE_CONT(minutes, 0.9) FROM visits", "as the standard does", "WITHIN GROUP", QUANTILE),
    ("SELECT COVAR_POP(a, b) FROM visits", "go together", "band(column, 10, 20)", BANDS),
    ("SELECT CAST(AVG(minutes) AS INT) FROM visits", "released as they are", "alone", "SELECT AVG(minutes) FROM visits"),
    ("SELECT COALESCE(AVG(minutes), 0) FROM visits", "released as they are", "alone", "SELECT AVG(minutes) FROM visits"),
    ("SELECT LN(SUM(minutes)) FROM visits", "released as they are", "alone", "SELECT SUM(minutes) FROM visits"),
    (f"{PLAIN} WHERE ISNULL(kind)", "by name", "column IS NULL", f"{PLAIN} WHERE kind IS NULL"),
    (f"{USING} WHERE visits.a BETWEEN crimes.b AND crimes.b + INTERVAL '1' MONTH", "in days", "INTERVAL '30' DAY", WITHIN),
    (f"{USING} WHERE visits.a BETWEEN crimes.b AND crimes.b + INTERVAL '1.5' DAY", "whole days", "INTERVAL '30' DAY", WITHIN),
)  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "remedy", "works"), REFUSED, ids=[text[:70] for text, *_ in REFUSED])
def test_each_refusal_says_why_and_leads_to_what_works(
    text: str, reason: str, remedy: str, works: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is refused for its own reason, its remedy leads to a question that can be submitted, and nothing is logged."""
    with caplog.at_level(logging.DEBUG), pytest.raises(QueryError) as refused:
        sql(text)

    assert reason.lower() in f"{refused.value.what} {refused.value.why}".lower()
    assert remedy in refused.value.remedy
    assert OTHER[0] not in str(refused.value).lower()
    assert not caplog.records
    assert submitted(works).figures


@pytest.mark.parametrize(
    "text",
    ["SELECT MODE(kind) FROM visits", "SELECT ARG_MAX(kind, minutes) FROM visits", "INSERT INTO visits VALUES (1)"],
)
def test_a_remedy_that_is_a_whole_question_can_be_submitted(text: str) -> None:
    """What a remedy writes out is a question as it stands, its names among them, once it is said of which data."""
    with pytest.raises(QueryError) as refused:
        sql(text)
    written = refused.value.remedy.partition("SELECT ")[2].rstrip(".").replace("column", "kind")

    assert submitted("SELECT " + written.replace("...", "FROM visits").replace("dataset", "visits")).figures


@pytest.mark.parametrize(
    ("text", "place", "around"),
    [
        ("SELECT a b c FROM t", "line 1, column 12", "SELECT a b >>>c<<< FROM t"),
        ("SELECT COUNT(*)\nFROM t\nWHERE a = = 1", "line 3, column 11", "WHERE a = >>>=<<< 1"),
        ("SELECT COUNT(*) FROM t\n  WHERE (a = 1", "line 2, column 14", ") is missing after this: WHERE (a = >>>1<<<"),
        ("SELECT COUNT(*) FROM t WHERE", "line 1, column 24", "SELECT COUNT(*) FROM t >>>WHERE<<<"),
        ("SELECT COUNT(*)\nFROM t WHERE a = 'b", "line 2, column 18", "FROM t WHERE a = >>>'<<<b"),
        ("SELECT 'it''s', \"a\"\"b\" -- don't\n, 'c", "line 2, column 3", ", >>>'<<<c"),
        ("SELECT COUNT(*) /* a 'comment' */ FROM t /* and", "line 1, column 42", ">>>/<<<* and"),
        (
            "SELECT " + "a, " * 40 + "b c d FROM t",
            "line 1, column 132",
            "... a, a, a, a, a, a, a, a, b c >>>d<<< FROM t",
        ),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, place: str, around: str) -> None:
    """A syntax error names line and column and shows the words around, which only their author sees."""
    with pytest.raises(QueryError) as refused:
        sql(text)

    assert f"not SQL at {place}." in refused.value.what
    assert around.removeprefix("... ") in refused.value.why
    assert refused.value.remedy


@pytest.mark.parametrize("mark", ["\ud800", "\x00", "\x1b", "\u202e"], ids=lambda mark: f"U+{ord(mark):04X}")
def test_a_text_reads_as_it_is(mark: str) -> None:
    """Characters that are no text, or that make it read otherwise, are refused with their place and never echoed."""
    with pytest.raises(QueryError, match=f"line 2, column 3: U\\+{ord(mark):04X}") as refused:
        sql(f"SELECT COUNT(*)\na {mark} FROM t")

    assert mark not in str(refused.value)


@pytest.mark.parametrize("given", [None, 7, b"SELECT 1", ["SELECT 1"]])
def test_a_question_in_sql_is_a_text(given: object) -> None:
    """Whatever else is handed over is refused."""
    with pytest.raises(QueryError, match="is a text"):
        sql(given)  # type: ignore[arg-type]  # what an author may hand over


@pytest.mark.parametrize(
    "condition",
    [
        "{b}.arrived_at BETWEEN {a}.on_day AND {a}.on_day + INTERVAL '30' DAY",
        "{b}.arrived_at BETWEEN {a}.on_day - INTERVAL '3' DAYS AND {a}.on_day + INTERVAL 30 DAY",
        "{b}.arrived_at - {a}.on_day BETWEEN -7 AND 30",
        "{a}.on_day - {b}.arrived_at BETWEEN -30 AND 0",
        "{a}.on_day BETWEEN {b}.arrived_at - INTERVAL '30' DAY AND {b}.arrived_at",
        "{b}.arrived_at >= {a}.on_day AND {b}.arrived_at <= {a}.on_day + INTERVAL '30' DAY",
        "{a}.on_day + INTERVAL 30 DAY >= {b}.arrived_at AND ({a}.on_day) <= ({b}.arrived_at)",
        "{b}.arrived_at - INTERVAL '30 days' <= {a}.on_day AND {a}.on_day <= {b}.arrived_at",
        "{a}.ward = {b}.area",
        "{a}.ward = {b}.area AND {b}.arrived_at - {a}.on_day BETWEEN 0 AND 30",
        "DATE_TRUNC('month', {a}.on_day) = {b}.month",
    ],
)
def test_of_inner_joins_where_says_how_tables_meet_as_on_does(condition: str) -> None:
    """The same condition in WHERE, with others, is the same question as in ON."""
    text = condition.format(a="crimes", b="visits")
    on = f"SELECT COUNT(*) AS n FROM crimes JOIN visits ON crimes.unit_id = visits.unit_id AND {text} WHERE crimes.kind = 'theft'"
    where = f"SELECT COUNT(*) AS n FROM crimes JOIN visits USING (unit_id) WHERE crimes.kind = 'theft' AND ({text})"
    comma = f"SELECT COUNT(*) AS n FROM crimes, visits WHERE {text} AND crimes.unit_id = visits.unit_id AND crimes.kind = 'theft'"

    assert sql(where).query == sql(on).query
    assert sql(comma).query == sql(on).query
    assert sql(on).query.joins[0].within or sql(on).query.joins[0].on


AFTER, BY_THEN = "{b}.on_day >= {a}.on_day", "{b}.on_day <= {a}.on_day + INTERVAL '30' DAY"
WINDOWS: tuple[tuple[str, tuple[int, int]], ...] = (
    (f"{AFTER} AND {BY_THEN}", (0, 30)),
    (f"{BY_THEN} AND {AFTER}", (0, 30)),
    ("{b}.on_day BETWEEN {a}.on_day AND {a}.on_day + INTERVAL '30' DAY", (0, 30)),
    ("{b}.on_day BETWEEN {a}.on_day AND {a}.on_day + INTERVAL 30 DAY", (0, 30)),
    ("{b}.on_day >= {a}.on_day - INTERVAL '7' DAY AND {b}.on_day <= {a}.on_day - INTERVAL '1' DAY", (-7, -1)),
    ("{a}.on_day >= {b}.on_day - INTERVAL '30' DAY AND {a}.on_day <= {b}.on_day", (0, 30)),
    ("{b}.on_day + INTERVAL '2' DAY >= {a}.on_day AND {b}.on_day - INTERVAL '9' DAY <= {a}.on_day", (-2, 9)),
    (BY_THEN, (-36_600, 30)),
    ("{a}.on_day < {b}.on_day", (1, 36_600)),
    ("{a}.on_day > {b}.on_day", (-36_600, -1)),
    ("{b}.on_day >= {a}.on_day AND {b}.on_day <= {a}.on_day", (0, 0)),
    ("{b}.on_day > {a}.on_day AND " + BY_THEN, (1, 30)),
    (AFTER + " AND {b}.on_day < {a}.on_day + INTERVAL '30' DAY", (0, 29)),
    ("{b}.on_day > {a}.on_day AND {b}.on_day < {a}.on_day + INTERVAL '30' DAY", (1, 29)),
)
"""Conditions on the dates of two tables, and the least and the most days that they mean."""
JOINED = (
    "SELECT COUNT(*) FROM crimes JOIN visits ON crimes.unit_id = visits.unit_id AND {}",
    "SELECT COUNT(*) FROM crimes JOIN visits USING (unit_id) WHERE crimes.kind = 'theft' AND {}",
    "SELECT COUNT(*) FROM crimes SEMI JOIN visits ON crimes.unit_id = visits.unit_id AND {}",
    "SELECT COUNT(*) FROM crimes WHERE NOT EXISTS (SELECT 1 FROM visits WHERE visits.unit_id = crimes.unit_id AND {})",
)


@pytest.mark.parametrize("joined", JOINED, ids=["on", "where", "semi join", "not exists"])
@pytest.mark.parametrize(("condition", "days"), WINDOWS)
def test_comparisons_of_dates_are_the_window_that_they_bound(
    joined: str, condition: str, days: tuple[int, int]
) -> None:
    """A least and a most of one date beside another, or one of them, wherever tables meet, are days between.

    Of dates < is a day less than <=.
    """
    (join,) = submitted(joined.format(condition.format(a="crimes", b="visits"))).question.query.joins

    assert join.within is not None
    assert (join.within.own.name, join.within.other.name) == ("on_day", "on_day")
    assert (join.within.closed().at_least, join.within.closed().at_most) == days


@pytest.mark.parametrize("joined", JOINED, ids=["on", "where", "semi join", "not exists"])
@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        (f"{BY_THEN} AND {BY_THEN}", ""),
        ("{b}.arrived_at >= {a}.on_day AND " + BY_THEN, ""),
        (f"{AFTER} AND {BY_THEN} AND {{b}}.on_day >= {{a}}.on_day + INTERVAL '3' DAY", ""),
        (f"{AFTER} AND {BY_THEN} AND {{b}}.on_day - {{a}}.on_day BETWEEN 0 AND 9", ""),
        ("{b}.on_day >= {a}.on_day AND {b}.on_day <= {a}.on_day + INTERVAL '1' MONTH", "INTERVAL '30' DAY"),
        ("{b}.minutes < {a}.minutes", ""),
        ("{b}.unit_id >= {a}.unit_id AND {b}.unit_id <= {a}.unit_id + INTERVAL '3' DAY", ""),
    ],
)
def test_comparisons_of_dates_that_are_no_one_window_are_refused(joined: str, condition: str, remedy: str) -> None:
    """One end twice, ends of other dates, more than two, a second window, months, numbers: none is guessed at."""
    with pytest.raises(QueryError) as refused:
        submitted(joined.format(condition.format(a="crimes", b="visits")))

    assert remedy in refused.value.remedy


def test_where_joins_the_later_of_three_tables() -> None:
    """A condition on two joined tables belongs to the one that is joined later."""
    text = (
        "SELECT COUNT(*) FROM crimes JOIN visits USING (unit_id) JOIN wards ON wards.ward = visits.ward "
        "WHERE wards.year = visits.year AND visits.at - crimes.at BETWEEN 0 AND 3"
    )
    first, second = sql(text).query.joins

    assert (first.within is not None, len(first.on)) == (True, 0)
    assert [pair.other.name for pair in second.on] == ["ward", "year"]


def test_a_window_that_names_a_later_table_is_refused() -> None:
    """ON knows the tables before it alone."""
    with pytest.raises(QueryError):
        sql(
            "SELECT COUNT(*) FROM crimes JOIN visits ON visits.unit_id = crimes.unit_id AND visits.at - terms.at "
            "BETWEEN 0 AND 3 JOIN terms USING (unit_id)"
        )


def test_a_column_called_top_is_a_column() -> None:
    """TOP is refused where a number follows alone."""
    assert sql("SELECT top, COUNT(*) FROM visits GROUP BY top").query.group_by[0].name == "top"


def test_a_difference_of_numbers_stays_one_in_where() -> None:
    """Numbers of two tables are subtracted where the ends are no whole days; a partner of SEMI JOIN stays apart."""
    asked = sql(f"{USING} WHERE visits.x - crimes.y BETWEEN 0.5 AND 3").query

    assert asked.joins[0].within is None
    assert [one.name for one in asked.derive] == ["x_combined"]


@pytest.mark.parametrize("order", ["2", "n", '"n"', "COUNT(*)", "(n)", "n NULLS LAST"])
@pytest.mark.parametrize("listed", ["ward, COUNT(*) AS n, SUM(x) AS s", "band(x, 9), COUNT(*) AS n"])
def test_the_largest_cells_are_asked_by_place_name_or_figure(order: str, listed: str) -> None:
    """The first figure is named in whichever way SQL has."""
    text = f"SELECT {listed} FROM visits GROUP BY 1 ORDER BY {order.replace('(n)', '(COUNT(*))')} "
    text += "" if "NULLS" in order else "DESC "
    text = text.replace("n NULLS LAST", "n DESC NULLS LAST")

    assert sql(f"{text} LIMIT 7").query.top == 7
