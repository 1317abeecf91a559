"""Several tables of the same rows, answered together: how they share a budget, and how they are made to agree."""

from datalab.privacy.tables.held import Held, held
from datalab.privacy.tables.nonnegative import nonnegative, nonnegative_table
from datalab.privacy.tables.reconciled import STEP, Agreed, agreed
from datalab.privacy.tables.residual import Layout, furthest_apart, table_variances
from datalab.privacy.tables.shares import separate_shares, table_shares

__all__ = [
    "STEP",
    "Agreed",
    "Held",
    "Layout",
    "agreed",
    "furthest_apart",
    "held",
    "nonnegative",
    "nonnegative_table",
    "separate_shares",
    "table_shares",
    "table_variances",
]
