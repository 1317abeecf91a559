"""Contracts of two datasets for questions in SQL, and the checks that a submitted question meets."""

from __future__ import annotations

from collections.abc import Mapping

from offence_tables import POLICY, YEAR, column

from datalab.contract.model import LogicalType, PrivacyUnit, Role
from datalab.privacy.compile import compile_question
from datalab.privacy.plan import Plan
from datalab.query.document import read_back
from datalab.query.schema import ViewSchema
from datalab.query.sql.reader import sql

_KINDS = ("arson", "burglary", "theft")
_TIMES = {"role": Role.EVENT_TIME, "bounds": YEAR}
CONTRACTS: Mapping[str, ViewSchema] = {
    schema.dataset: schema
    for schema in (
        ViewSchema(
            dataset="visits",
            privacy_unit=PrivacyUnit.PERSON,
            max_rows_per_unit=1_000,
            columns=(
                column("ward", values=("east", "north", "south", "west"), nullable=True),
                column("kind", values=_KINDS, nullable=True),
                column("minutes", LogicalType.INTEGER, role=Role.MEASURE, bounds=(0, 500), nullable=True),
                column("cost", LogicalType.NUMBER, role=Role.MEASURE, bounds=(0.0, 99.5), nullable=True),
                column("born", LogicalType.DATE, **_TIMES),
                column("on_day", LogicalType.DATE, **_TIMES),
                column("arrived_at", LogicalType.TIMESTAMP, nullable=True, **_TIMES),
            ),
        ),
        ViewSchema(
            dataset="crimes",
            privacy_unit=PrivacyUnit.PERSON,
            max_rows_per_unit=1_000,
            columns=(column("kind", values=_KINDS), column("on_day", LogicalType.DATE, **_TIMES)),
        ),
    )
}


def submitted(text: str) -> Plan:
    """Put a question in SQL through what a submitted question meets, from its file to its plan; raises QueryError."""
    return compile_question(read_back(sql(text).spend(rho="1/10", rows_per_unit=4)), CONTRACTS, POLICY)
