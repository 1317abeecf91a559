"""What the builder calls what other tools call otherwise."""

from __future__ import annotations

from collections.abc import Mapping

_COUNT = "count_rows() or count_units()"
_MOST = 'group_by("ward").count_rows().most_frequent(5)'
WORDS: Mapping[str, str] = {
    "min": 'quantile("minutes", 0.02): the least value is somebody\'s own',
    "max": 'quantile("minutes", 0.98): the greatest value is somebody\'s own',
    "percentile": 'quantile("minutes", 0.9)',
    "avg": 'mean("minutes")',
    "average": 'mean("minutes")',
    "std": 'deviation("minutes")',
    "stddev": 'deviation("minutes")',
    "var": 'variance("minutes")',
    "count": _COUNT,
    "size": _COUNT,
    "nunique": "count_units()",
    "count_distinct": "count_units()",
    "total": 'sum("minutes")',
    "mode": _MOST,
    "value_counts": 'group_by("ward").count_rows()',
    "groupby": 'group_by("ward")',
    "filter": 'where(col("minutes") > 5)',
    "merge": 'join("visits")',
}
"""By a word that the builder does not have: what to write instead, and why where it is not the same."""
