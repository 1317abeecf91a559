"""Questions in Python, for notebooks: every step returns a new builder, and nothing here can run a question.

ask("police_incidents")
    .where(col("incident_type") == "domestic incident", hour("occurred_at") >= 18)
    .join("ae_attendances", within=days("occurred_at", "arrived_at", 0, 30), first="arrived_at")
    .group_by("ward", month("occurred_at"))
    .count_rows()
    .median("ae_attendances.minutes_waited")
    .share(col("ae_attendances.outcome") == "admitted")
    .spend(epsilon=1.0, rows_per_unit=12, rows_per_cell=3)
"""

from datalab.query.build.amount import Amount, rows, total, units
from datalab.query.build.asking import Asking, ask
from datalab.query.build.column import Col, Condition, Value, col
from datalab.query.build.expression import (
    academic_year,
    band,
    clamp,
    combine,
    day,
    days_between,
    financial_year,
    hour,
    month,
    month_of_year,
    quarter,
    recode,
    week,
    weekday,
    year,
)
from datalab.query.build.pairing import days

__all__ = [
    "Amount",
    "Asking",
    "Col",
    "Condition",
    "Value",
    "academic_year",
    "ask",
    "band",
    "clamp",
    "col",
    "combine",
    "day",
    "days",
    "days_between",
    "financial_year",
    "hour",
    "month",
    "month_of_year",
    "quarter",
    "recode",
    "rows",
    "total",
    "units",
    "week",
    "weekday",
    "year",
]
