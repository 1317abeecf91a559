"""Compile a question to a plan: refuse what can be refused, bound, lay out the cells, share the budget.

Nothing here touches data: a plan follows from the question, the contracts and the lab's limits alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction

from datalab.contract.model import PrivacyUnit
from datalab.privacy.budget import Budget
from datalab.privacy.compile.figures import Figures
from datalab.privacy.compile.groups import DISCOVERY_DELTA, Groups, groups_of, most_discovered
from datalab.privacy.compile.rows import rows_of
from datalab.privacy.plan import Discovery, Plan
from datalab.query.check import Limits, check
from datalab.query.derive import derived_schemas
from datalab.query.document import canonical_json
from datalab.query.model import Question
from datalab.query.schema import ViewSchema


def compile_question(question: Question, schemas: Mapping[str, ViewSchema], limits: Limits) -> Plan:
    """Return the plan of a question.

    Args:
        question: what is asked.
        schemas: every dataset that the project may ask about, by name.
        limits: the lab's policy.

    Raises:
        QueryError: with every refusal, if the question cannot be answered privately.
    """
    check(question, schemas, limits)
    query = question.query
    extended = derived_schemas(query, schemas)
    unit = extended[query.dataset].privacy_unit
    rows = rows_of(question, extended)
    if unit is PrivacyUnit.PUBLIC and any(source.has_units for source in rows.sources):
        message = "A question of public data reads data about people; check() refuses it."
        raise AssertionError(message)  # answered exactly, it would tell everything: guarded twice
    groups = groups_of(query, extended)
    drafting = Figures(question, extended, groups)
    figures = drafting.figures()
    rho = Fraction(0) if unit is PrivacyUnit.PUBLIC else question.rho
    beside = Fraction(0 if groups.unlisted is None else 1)
    parts = drafting.drafts.parts(rho, beside=beside)
    whole = sum(drafting.drafts.weights.values(), beside)
    return Plan(
        question=question,
        unit=unit,
        salt=_salt(question),
        sources=rows.sources,
        derived=rows.derived,
        where=rows.where,
        keys=groups.keys,
        tables=groups.tables,
        parts=parts,
        figures=figures,
        discovery=_discovery(question, groups, Budget.floor(rho * beside / whole), limits.max_cells),
    )


def _salt(question: Question) -> int:
    """Derive the order in which rows are kept from the question itself.

    It needs no secret: any choice among a unit's own rows is within the stated sensitivity.
    """
    digest = hashlib.sha256(canonical_json(question).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _discovery(question: Question, groups: Groups, share: Budget, max_cells: int) -> Discovery | None:
    if groups.unlisted is None:
        return None
    return Discovery(
        column=groups.unlisted,
        values_per_unit=question.rows_per_unit,
        share=share,
        delta=DISCOVERY_DELTA,
        most=most_discovered(question.query, groups, max_cells),
    )
