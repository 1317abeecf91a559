"""What SQL can say and a private answer cannot: why, and the nearest that works, for each thing that is refused.

Each is a reason, to follow "since", and a remedy that can be copied.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

Told = tuple[str, str]
"""Why, and the nearest that works."""

_SUBSET = "See docs/questions-in-sql.md for what is read."
_EXAMPLE = "Write SELECT ward, COUNT(*) FROM dataset GROUP BY ward."
_LARGEST = "ORDER BY figure DESC LIMIT 5"
_WHOLE: Told = ("texts are compared whole", "Write column IN ('...', '...') with values of the contract.")
_IN_PLACE = "Filter a joined table in place: JOIN (SELECT * FROM t WHERE ...) AS t USING (unit_id)."
_ALL_GROUPS = "an answer has every group that the contract lists"
_COMPLETE: Told = ("a question is complete as it stands", "Write the value itself.")
_NO_LISTS: Told = (
    "lists, structures and templates are not in the subset",
    "Write single values, column IN ('a', 'b'), or recode(column, ('a', 'b'), ('c')).",
)
_AFTERWARDS: Told = (
    "figures are released as they are",
    "Ask for it alone and calculate with what is released; a ratio is 1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*).",
)

_CHANGE: Told = ("the lab answers questions and changes nothing", _EXAMPLE)
_TABLES: Told = (
    "the lab's tables are those that custodians publish, and none is made or changed by a question",
    _IN_PLACE,
)
_FILES: Told = (
    "no question reads or writes files; an answer leaves as a signed bundle after its review",
    _EXAMPLE,
)
_SESSION: Told = ("there is no session, no transaction and no procedure: a question stands alone", _EXAMPLE)
_LOOK: Told = (
    "what can be asked is known without asking",
    "Lab.columns lists datasets and columns, `datalab request explain` says what a question means, `preview` its cost.",
)
_SET: Told = (
    "figures of several queries are not put together",
    "Ask two questions, widen the condition with OR, or ask for several tables with GROUPING SETS.",
)
STATEMENTS: Mapping[str, Told] = {
    "": _CHANGE,
    **dict.fromkeys("INSERT UPDATE DELETE MERGE TRUNCATE REPLACE UPSERT".split(), _CHANGE),  # noqa: SIM905 - words
    **dict.fromkeys("CREATE ALTER DROP RENAME COMMENT GRANT REVOKE ANALYZE VACUUM CACHE REFRESH".split(), _TABLES),  # noqa: SIM905 - as above
    **dict.fromkeys("COPY EXPORT IMPORT LOAD UNLOAD ATTACH DETACH INSTALL PUT GET".split(), _FILES),  # noqa: SIM905 - as above
    **dict.fromkeys("SET RESET USE PRAGMA BEGIN START COMMIT ROLLBACK SAVEPOINT LOCK".split(), _SESSION),  # noqa: SIM905 - as above
    **dict.fromkeys("CALL EXECUTE EXEC PREPARE DEALLOCATE DECLARE DO KILL".split(), _SESSION),  # noqa: SIM905 - as above
    **dict.fromkeys("SHOW DESCRIBE DESC EXPLAIN SUMMARIZE TABLE".split(), _LOOK),  # noqa: SIM905 - as above
    **dict.fromkeys("UNION EXCEPT INTERSECT".split(), _SET),  # noqa: SIM905 - as above
    "VALUES": ("a question asks of a dataset and brings no rows of its own", _EXAMPLE),
    "FROM": ("the list of figures comes first", _EXAMPLE),
    "(": ("brackets around a query say nothing more", "Leave the outer brackets out."),
    ";": ("each is paid for and reviewed by itself", "Ask each in a question of its own."),
}
"""By the word that a statement begins with; of several queries, by what joins them."""

NESTED = frozenset(
    {"ARRAY", "LIST", "MAP", "STRUCT", "OBJECT", "NESTED", "NULLABLE", "LOWCARDINALITY", "RANGE", "UNION"}
)
"""Words that make lists and structures where a bracket follows; the parser's time doubles with each inside another."""
TOKENS: Mapping[str, Told] = {
    **dict.fromkeys(("L_BRACKET", "R_BRACKET", "L_BRACE", "R_BRACE", "BLOCK_START", "BLOCK_END"), _NO_LISTS),
    **dict.fromkeys(("ARROW", "DARROW", "HASH_ARROW", "DHASH_ARROW", "FARROW"), _NO_LISTS),
    **dict.fromkeys(("PARAMETER", "PLACEHOLDER", "COLON"), _COMPLETE),
    **dict.fromkeys(("TILDE", "RLIKE", "IRLIKE"), _WHOLE),
    "UNKNOWN": ("this sign is none of the subset", "Quote names with \", and texts with '."),
    "HASH": ("this sign is none of the subset", "Begin a comment with --."),
    "LATE_HINT": (
        "a hint that stands elsewhere would be passed over",
        "Write it right after SELECT: SELECT /*+ WEIGHTS(2, 1) */.",
    ),
}
"""By the name of the token."""

CLAUSES: Mapping[str, Told] = {
    "having": (
        "HAVING would choose groups by their exact figures",
        f"Leave it out and choose among the released figures, or write {_LARGEST}.",
    ),
    "order": (
        "an answer has the contract's order, and sorting by figures is done on what was released",
        f"Leave ORDER BY out, or write {_LARGEST}.",
    ),
    "limit": (_ALL_GROUPS, f"Leave LIMIT out, filter with WHERE, or write {_LARGEST}."),
    "offset": (_ALL_GROUPS, f"Leave OFFSET out, or write {_LARGEST}."),
    "fetch": ("the largest cells are chosen in one way", f"Leave FETCH out, or write {_LARGEST}."),
    "limit_options": ("the largest cells are counted", f"Write a number alone: {_LARGEST}."),
    "distinct": (
        "SELECT DISTINCT lists values of the data",
        "Group by a column with a public domain, or COUNT(DISTINCT unit_id).",
    ),
    "with_": ("named subqueries are not in the subset", _IN_PLACE),
    "windows": ("windows compute a figure for each row", "Use GROUP BY."),
    "into": ("a question writes nothing", "Leave INTO out."),
    "hint": ("the lab plans its own work", "Leave the hint out; weights are those of GROUPING SETS."),
    "hints": ("the lab plans its own work", "Leave the hint out."),
    "sample": (
        "the lab keeps rows by its own bounds, and a sample of rows would not cost less",
        "Leave TABLESAMPLE out; rows_per_unit bounds what one unit adds.",
    ),
    "pivots": ("an answer has a row for each cell", "Group by both columns, and turn the released table round."),
    "locks": ("a question changes nothing, and so locks nothing", "Leave FOR UPDATE out."),
    "laterals": ("lists are not taken apart", "Group by a column of the contract."),
    "rollup": ("margins are written as the standard does", "Write GROUP BY ROLLUP (a, b)."),
    "cube": ("margins are written as the standard does", "Write GROUP BY CUBE (a, b)."),
    "totals": ("margins are written as the standard does", "Write GROUP BY ROLLUP (a, b)."),
    "all": ("groups are named one by one", "Write GROUP BY a, b."),
    "cluster": ("an answer has the contract's order", "Leave CLUSTER BY out."),
    "distribute": ("an answer has the contract's order", "Leave DISTRIBUTE BY out."),
    "sort": ("an answer has the contract's order", "Leave SORT BY out."),
    "connect": (
        "rows are not followed from one to another",
        "Join the dataset on unit_id, within days where it matters.",
    ),
    "match": (
        "rows are not followed from one to another",
        "Join the dataset on unit_id, within days where it matters.",
    ),
    "from_": (
        "what is worked out of a row reads no dataset",
        "Write CROSS JOIN LATERAL (SELECT band(t.x, 10) AS x_band) AS derived.",
    ),
    "where": (
        "a condition is the question's own or a joined table's",
        "Write WHERE after the joins, or in JOIN (SELECT ...).",
    ),
    "joins": ("datasets are joined in the question itself", "Write each JOIN after FROM, outside the brackets."),
    "group": ("groups are the question's own", "Write GROUP BY in the outermost query."),
    "qualify": (
        "the first row of a unit is kept in FROM or in a joined table",
        "Write JOIN (SELECT * FROM s QUALIFY ...) AS s.",
    ),
    "version": ("a question is asked of the newest version", "Leave it out."),
    "kind": ("an answer holds figures and their groups", "Leave it out."),
    "db": ("a dataset has one name", "Write it alone, in double quotes where it holds a dot."),
    "catalog": ("a dataset has one name", "Write it alone, in double quotes where it holds a dot."),
    "columns": ("columns are called what the contract calls them", "Write FROM dataset AS d."),
}
"""By the name of the clause in sqlglot's nodes."""
TITLES: Mapping[str, str] = {
    "sample": "TABLESAMPLE",
    "pivots": "PIVOT",
    "locks": "FOR UPDATE",
    "laterals": "LATERAL VIEW",
    "limit_options": "LIMIT with PERCENT or WITH TIES",
    "fetch": "FETCH",
    "rollup": "WITH ROLLUP",
    "cube": "WITH CUBE",
    "totals": "WITH TOTALS",
    "all": "GROUP BY ALL",
    "connect": "CONNECT BY",
    "match": "MATCH_RECOGNIZE",
    "version": "FOR SYSTEM_TIME",
    "db": "A name of a DB or schema",
    "catalog": "A name of a catalogue",
    "columns": "A list of COLUMNS after a table's name",
    "hints": "A table's HINT",
    "windows": "WINDOW",
}
"""What a clause is called where its name in sqlglot's nodes says little."""

_QUANTILE: Told = (
    "quantiles are written as the standard does",
    "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
)
PARTS: Mapping[type[exp.Expr], Told] = {
    exp.Star: ("rows cannot be listed, only added up", "Write COUNT(*), COUNT(DISTINCT unit_id), SUM or AVG."),
    exp.Case: (
        "a row's value is worked out by the functions of the subset alone",
        "Write band(column, 10, 20), recode(column, ('a', 'b'), ('c')), or COUNT(*) FILTER (WHERE ...).",
    ),
    exp.If: ("a row's value is worked out by the functions of the subset alone", "Write COUNT(*) FILTER (WHERE ...)."),
    **dict.fromkeys((exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.SimilarTo, exp.Glob), _WHOLE),
    exp.Window: ("windows compute a figure for each row", "Use GROUP BY."),
    exp.Lateral: (
        "it names what is worked out of a row, and reads no dataset",
        "Write CROSS JOIN LATERAL (SELECT band(t.x, 10) AS x_band) AS derived.",
    ),
    exp.Values: ("a question asks of a dataset and brings no rows of its own", "Write FROM dataset."),
    exp.Unnest: ("lists are not taken apart", "Write FROM dataset."),
    exp.Subquery: ("values from another query would be exact figures", "Join the dataset on unit_id."),
    exp.Any: ("values from another query, or a list, are written out", "Write column IN ('a', 'b')."),
    exp.All: ("values from another query, or a list, are written out", "Write column NOT IN ('a', 'b')."),
    exp.Exists: ("it keeps rows by their partners, and so stands alone", "Join it to other conditions by AND."),
    exp.Null: ("a comparison with NULL is never true", "Write column IS NULL."),
    exp.NullSafeEQ: ("missing values are asked for by name", "Write column = value, or column IS NULL."),
    exp.NullSafeNEQ: ("missing values are asked for by name", "Write column <> value OR column IS NULL."),
    exp.Coalesce: ("a missing value stays missing", "Write FILTER (WHERE column IS NOT NULL), or column IS NULL."),
    exp.Cast: (
        "a column has the type that its contract states, and a value is written in it",
        "Write column = 3, column = 'text', or column >= DATE '2024-01-31'; times are texts: '2024-01-31T12:00:00'.",
    ),
    exp.Interval: (
        "days are added in a BETWEEN of two tables' dates alone",
        "Write the date itself: DATE '2024-01-31'; or s.date BETWEEN t.date AND t.date + INTERVAL '30' DAY.",
    ),
    **dict.fromkeys(
        (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime),
        ("a question means the same whenever it is asked", "Write the date itself: DATE '2024-01-31'."),
    ),
    exp.Rand: ("rows are kept by the lab's own bounds, never by chance", "Leave it out."),
    exp.Collate: ("texts are compared as the contract writes them", "Leave COLLATE out."),
    exp.Tuple: ("one column is compared at a time", "Write a = 1 AND b = 2."),
    exp.Bracket: _NO_LISTS,
    exp.JSONExtract: ("a column holds plain values", "Name a column of the contract."),
    exp.Min: (
        "the least value of the data is somebody's value",
        "Write PERCENTILE_CONT(0.01) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Max: (
        "the greatest value of the data is somebody's value",
        "Write PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Variance: ("the variance of a sample is not offered", "Write VAR_POP(column)."),
    exp.Stddev: ("the standard deviation of a sample is not offered", "Write STDDEV_POP(column)."),
    exp.StddevSamp: ("the standard deviation of a sample is not offered", "Write STDDEV_POP(column)."),
    exp.Quantile: _QUANTILE,
    exp.ApproxQuantile: _QUANTILE,
    exp.ApproxDistinct: ("only privacy units are counted distinctly", "Write COUNT(DISTINCT unit_id)."),
    exp.Corr: (
        "how two columns go together is not offered",
        "Cut both into band(column, 10, 20) and count rows by both.",
    ),
    exp.Grouping: ("an answer says which of its tables a cell is of", "Leave GROUPING out."),
    exp.WithinGroup: (
        "this is not offered of ordered values",
        "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Round: _AFTERWARDS,
    exp.Year: ("periods are cut from dates", "Write DATE_TRUNC('year', column)."),
    exp.Month: ("periods are cut from dates", "Write DATE_TRUNC('month', column), or month_of_year(column)."),
    exp.Quarter: ("periods are cut from dates", "Write DATE_TRUNC('quarter', column)."),
    exp.Week: ("periods are cut from dates", "Write DATE_TRUNC('week', column)."),
    exp.Day: ("periods are cut from dates", "Write DATE_TRUNC('day', column)."),
    exp.DateDiff: ("days are counted by the lab's own function", "Write days_between(earlier, later)."),
    exp.Least: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Greatest: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Div: (
        "a row's value is not divided",
        "Write a weighted sum, as 0.5 * column; or divide one count or sum by another.",
    ),
    exp.Placeholder: _COMPLETE,
    exp.Parameter: _COMPLETE,
    exp.AggFunc: (
        "this aggregate is not offered",
        "Use COUNT(*), COUNT(DISTINCT unit_id), SUM, AVG, VAR_POP, STDDEV_POP, MEDIAN or PERCENTILE_CONT.",
    ),
    exp.Binary: (
        "a row's value is worked out by the functions of the subset alone",
        "Compare a column with a value, or write a weighted sum such as 2 * a + b.",
    ),
    exp.Func: (
        "this function of a row's values is not in the subset",
        "Compare a column with a value, or use band, recode, clamp, DATE_TRUNC, EXTRACT(HOUR ...) or days_between.",
    ),
}
"""By kind of expression; the first that fits."""
OF_FIGURES = _AFTERWARDS
"""Where figures are calculated with."""
IN_CONDITION: Told = (
    "figures cannot choose rows, and exact ones cannot choose groups",
    f"Compare a column with a value; to keep the largest cells, write {_LARGEST}.",
)
"""Where a figure stands in a condition."""
PLACES: Mapping[str, Told] = {
    "SELECT": (
        "an answer holds figures and their groups",
        "Write COUNT(*), COUNT(DISTINCT unit_id), SUM or AVG, and group by columns.",
    ),
    "FROM": ("FROM and JOIN name datasets of the project", f"Write FROM dataset. {_IN_PLACE}"),
    "WHERE": (
        "a condition of this subset compares a column with a value",
        "Write column = 'value', <, <=, >, >=, BETWEEN, IN, IS NULL, and AND, OR and NOT between them.",
    ),
    "LATERAL": PARTS[exp.Lateral],
    "place of a value": (
        "a column is compared with a value that is written out",
        "Write a text in single quotes, a number, TRUE, FALSE or DATE '2024-01-31'.",
    ),
    "place of a column": (
        "a column is needed here",
        "Name a column, or what is worked out of one: band(column, 10, 20), DATE_TRUNC('month', column).",
    ),
}
"""By where a part stands, for every other part."""
OTHER: Told = ("this is not in the subset of SQL that the lab reads", _SUBSET)
