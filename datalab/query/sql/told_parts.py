"""What an expression of SQL can be and a private answer cannot: why, and the nearest that works, by kind and name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from datalab.query.sql.told import COMPLETE, LATERAL, NO_LISTS, WHOLE, WINDOW, Told

OF_FIGURES: Told = (
    "figures are released as they are",
    "Ask for it alone and calculate with what is released; a ratio is 1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*).",
)
"""Where figures are calculated with."""
CASES: Told = (
    "a row's value is worked out by the functions of the subset alone",
    (
        "Of some rows write COUNT(*) FILTER (WHERE ...) or SUM(column) FILTER (WHERE ...), for their share "
        "1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*); for groups band(column, 10, 20) or "
        "recode(column, ('a', 'b'), ('c'))."
    ),
)
CONDITION: Told = (
    "whether a row meets a condition is no value to add up",
    "Write COUNT(*) FILTER (WHERE ...); for the share of rows 1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*).",
)
"""Where a condition stands in place of a column or a figure."""
_MOST_FREQUENT: Told = (
    "the most frequent value is chosen after the noise",
    "Group by the column: SELECT column, COUNT(*) AS rows ... GROUP BY column ORDER BY rows DESC LIMIT 1.",
)
_ONE_ROW: Told = (
    "one row's value is somebody's value",
    (
        "Group by the column, or write MEDIAN(column); a unit's first row is kept by QUALIFY ROW_NUMBER() OVER "
        "(PARTITION BY unit_id ORDER BY date) = 1."
    ),
)
_TEXTS: Told = (
    "texts are compared whole, as the contract writes them",
    "Write column IN ('...', '...') with values of the contract; to merge them recode(column, ('a', 'b'), ('c')).",
)
_STEPS: Told = ("values are cut at edges that are written out", "Write band(column, 10, 20, 30).")
_DAYS_ADDED: Told = (
    "days are added in a BETWEEN of two tables' dates alone",
    "Write the date itself: DATE '2024-01-31'; or s.date BETWEEN t.date AND t.date + INTERVAL '30' DAY.",
)
_DAYS_COUNTED: Told = ("days are counted by the lab's own function", "Write days_between(earlier, later).")
_PERIODS: Told = (
    "periods are cut from dates",
    "Write DATE_TRUNC('month', column) (day, week, month, quarter, year), weekday(column) or month_of_year(column).",
)
_TOGETHER: Told = (
    "how two columns go together is not offered",
    "Cut both into band(column, 10, 20) and count rows by both.",
)
_AGGREGATE: Told = (
    "this aggregate is not offered",
    "Use COUNT(*), COUNT(DISTINCT unit_id), SUM, AVG, VAR_POP, STDDEV_POP, MEDIAN or PERCENTILE_CONT.",
)
_QUANTILE: Told = (
    "quantiles are written as the standard does",
    "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
)
PARTS: Mapping[type[exp.Expr], Told] = {
    exp.Star: ("rows cannot be listed, only added up", "Write COUNT(*), COUNT(DISTINCT unit_id), SUM or AVG."),
    **dict.fromkeys((exp.Case, exp.If), CASES),
    exp.Distinct: (
        "how many different values stand in the data depends on single people without a bound",
        "Leave DISTINCT out: AVG(column); or count units: COUNT(DISTINCT unit_id) FILTER (WHERE ...).",
    ),
    exp.Nullif: (
        "a ratio with 0 below the line has no value anyhow",
        "Divide by the figure itself: 1.0 * COUNT(*) FILTER (WHERE ...) / COUNT(*); rows are left out with FILTER.",
    ),
    **dict.fromkeys((exp.CountIf, exp.LogicalOr, exp.LogicalAnd), CONDITION),
    **dict.fromkeys((exp.Mode, exp.ArgMax, exp.ArgMin), _MOST_FREQUENT),
    **dict.fromkeys((exp.AnyValue, exp.First, exp.Last), _ONE_ROW),
    **dict.fromkeys((exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.SimilarTo, exp.Glob), WHOLE),
    **dict.fromkeys((exp.Upper, exp.Lower, exp.Initcap, exp.Trim, exp.Substring, exp.Left, exp.Right), _TEXTS),
    **dict.fromkeys((exp.Length, exp.DPipe, exp.Concat, exp.Replace, exp.StrPosition, exp.Split), _TEXTS),
    **dict.fromkeys((exp.StartsWith, exp.EndsWith, exp.Contains), _TEXTS),
    **dict.fromkeys((exp.Floor, exp.Ceil, exp.Trunc, exp.Round, exp.WidthBucket, exp.IntDiv), _STEPS),
    exp.Window: WINDOW,
    exp.Lateral: LATERAL,
    exp.Values: ("a question asks of a dataset and brings no rows of its own", "Write FROM dataset."),
    exp.Unnest: ("lists are not taken apart", "Write FROM dataset."),
    exp.Subquery: (
        "values from another query would be exact figures",
        (
            "Join the dataset on unit_id; how many rows a unit has is unit_rows(0.5), and on average "
            "1.0 * COUNT(*) / COUNT(DISTINCT unit_id)."
        ),
    ),
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
    **dict.fromkeys((exp.Interval, exp.DateAdd, exp.DateSub, exp.TsOrDsAdd), _DAYS_ADDED),
    **dict.fromkeys(
        (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime),
        ("a question means the same whenever it is asked", "Write the date itself: DATE '2024-01-31'."),
    ),
    exp.Rand: ("rows are kept by the lab's own bounds, never by chance", "Leave it out."),
    exp.Collate: ("texts are compared as the contract writes them", "Leave COLLATE out."),
    exp.Tuple: ("one column is compared at a time", "Write a = 1 AND b = 2."),
    exp.Bracket: NO_LISTS,
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
    **dict.fromkeys((exp.Quantile, exp.ApproxQuantile, exp.PercentileCont, exp.PercentileDisc), _QUANTILE),
    exp.ApproxDistinct: ("only privacy units are counted distinctly", "Write COUNT(DISTINCT unit_id)."),
    **dict.fromkeys((exp.Corr, exp.CovarPop, exp.CovarSamp, exp.RegrSlope), _TOGETHER),
    exp.Grouping: ("an answer says which of its tables a cell is of", "Leave GROUPING out."),
    exp.WithinGroup: (
        "this is not offered of ordered values",
        "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Year: ("periods are cut from dates", "Write DATE_TRUNC('year', column)."),
    exp.Month: ("periods are cut from dates", "Write DATE_TRUNC('month', column), or month_of_year(column)."),
    exp.Quarter: ("periods are cut from dates", "Write DATE_TRUNC('quarter', column)."),
    exp.Week: ("periods are cut from dates", "Write DATE_TRUNC('week', column)."),
    exp.Day: ("periods are cut from dates", "Write DATE_TRUNC('day', column)."),
    exp.DayOfWeek: ("days of the week are called by their names", "Write weekday(column)."),
    exp.DayOfWeekIso: ("days of the week are called by their names", "Write weekday(column)."),
    **dict.fromkeys((exp.DayOfMonth, exp.DayOfYear, exp.WeekOfYear, exp.Date, exp.TsOrDsToDate), _PERIODS),
    **dict.fromkeys((exp.ToChar, exp.TimeToStr), _PERIODS),
    **dict.fromkeys((exp.DateDiff, exp.DatetimeDiff, exp.TimestampDiff, exp.MonthsBetween), _DAYS_COUNTED),
    exp.Least: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Greatest: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Div: (
        "a row's value is not divided",
        "Write a weighted sum, as 0.5 * column; or divide one count or sum by another.",
    ),
    exp.Placeholder: COMPLETE,
    exp.Parameter: COMPLETE,
    exp.AggFunc: _AGGREGATE,
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
FUNCTIONS: Mapping[str, Told] = {
    **dict.fromkeys(("every", "bool_or", "bool_and", "count_if"), CONDITION),
    **dict.fromkeys(("date_part", "strftime", "date_format", "format_date", "datetrunc", "to_date"), _PERIODS),
    **dict.fromkeys(("age", "timestampdiff", "date_diff"), _DAYS_COUNTED),
    **dict.fromkeys(("dateadd", "date_add", "timestampadd"), _DAYS_ADDED),
    **dict.fromkeys(("approx_percentile", "percentile", "quantile_cont", "quantile_disc"), _QUANTILE),
    **dict.fromkeys(("listagg", "geomean", "geometric_mean", "sum_distinct"), _AGGREGATE),
    **dict.fromkeys(("arbitrary",), _ONE_ROW),
    "histogram": ("a histogram is a count by bands", "Write SELECT band(column, 10, 20) AS column_band, COUNT(*)."),
    "isnull": ("missing values are asked for by name", "Write column IS NULL."),
}
"""By the name of a function that the parser does not know."""
