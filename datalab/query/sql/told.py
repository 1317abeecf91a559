"""What SQL can say and a private answer cannot: why, and the nearest that works, for each thing that is refused.

Each is a reason, to follow "since", and a remedy that can be copied.
"""

from __future__ import annotations

from collections.abc import Mapping

Told = tuple[str, str]
"""Why, and the nearest that works."""

_SUBSET = "See docs/questions-in-sql.md for what is read."
_EXAMPLE = "Write SELECT ward, COUNT(*) FROM dataset GROUP BY ward."
_LARGEST = "ORDER BY figure DESC LIMIT 5"
WHOLE: Told = ("texts are compared whole", "Write column IN ('...', '...') with values of the contract.")
_IN_PLACE = "Filter a joined table in place: JOIN (SELECT * FROM t WHERE ...) AS t USING (unit_id)."
_ALL_GROUPS = "an answer has every group that the contract lists"
LATERAL: Told = (
    "it names what is worked out of a row, and reads no dataset",
    "Write CROSS JOIN LATERAL (SELECT band(t.x, 10) AS x_band) AS derived.",
)
WINDOW: Told = (
    "windows compute a figure for each row",
    "Use GROUP BY, with ROLLUP (a) for the total beside the groups; rank and divide what was released.",
)
COMPLETE: Told = ("a question is complete as it stands", "Write the value itself.")
NO_LISTS: Told = (
    "lists, structures and templates are not in the subset",
    "Write single values, column IN ('a', 'b'), or recode(column, ('a', 'b'), ('c')).",
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
    ";": (
        "a question is one SELECT, and each is priced, reviewed and paid for by itself",
        "Write each SELECT into a text of its own; a ; at the end of one is read.",
    ),
    "EMPTY": ("there is nothing to answer", _EXAMPLE),
}
"""By the word that a statement begins with; of several queries, by what joins them."""

NESTED = frozenset(
    {"ARRAY", "LIST", "MAP", "STRUCT", "OBJECT", "NESTED", "NULLABLE", "LOWCARDINALITY", "RANGE", "UNION"}
)
"""Words that make lists and structures where a bracket follows; the parser's time doubles with each inside another."""
TOKENS: Mapping[str, Told] = {
    **dict.fromkeys(("L_BRACKET", "R_BRACKET", "L_BRACE", "R_BRACE", "BLOCK_START", "BLOCK_END"), NO_LISTS),
    **dict.fromkeys(("ARROW", "DARROW", "HASH_ARROW", "DHASH_ARROW", "FARROW"), NO_LISTS),
    **dict.fromkeys(("PARAMETER", "PLACEHOLDER", "COLON"), COMPLETE),
    **dict.fromkeys(("TILDE", "RLIKE", "IRLIKE"), WHOLE),
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
    "top": (_ALL_GROUPS + ", and the largest are chosen at the end", f"For TOP 5 write at the end {_LARGEST}."),
    "offset": (_ALL_GROUPS, f"Leave OFFSET out, or write {_LARGEST}."),
    "fetch": ("the largest cells are chosen in one way", f"For FETCH FIRST 5 ROWS ONLY write LIMIT 5: {_LARGEST}."),
    "limit_options": ("the largest cells are counted", f"Write a number alone: {_LARGEST}."),
    "distinct": (
        "SELECT DISTINCT lists values of the data",
        "Group by a column with a public domain, or COUNT(DISTINCT unit_id).",
    ),
    "with_": (
        "named subqueries are not in the subset",
        f"Write its condition in the question's own WHERE. {_IN_PLACE}",
    ),
    "windows": WINDOW,
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
    "LATERAL": LATERAL,
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
