"""What the names in one SELECT stand for: tables, their columns, and derived columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from datalab.query.model import ColumnRef, Derived, Expression
from datalab.query.naming import default_column_name
from datalab.query.sql.expression import is_expression, read_expression
from datalab.query.sql.refusal import clause_refusal, part_refusal, refusal


@dataclass(slots=True)
class Names:
    """The names that one SELECT gives, in the order in which it gives them."""

    datasets: dict[str, str] = field(default_factory=dict)
    """Dataset of each name that the text gives a table; the question's own first."""
    derived: dict[str, Derived] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The question's own dataset."""
        return next(iter(self.datasets.values()))

    def table(self, node: exp.Expr) -> str:
        """Return the dataset of a table in FROM or JOIN, and know it by its name.

        Raises:
            QueryError: if it is none, or its name stands twice.
        """
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise part_refusal(node, "FROM")
        only(node, {"this", "alias"})
        if node.args.get("alias"):
            only(node.args["alias"], {"this"})  # FROM t AS u (a, b) gives columns other names
        self.name(node.alias or node.name, node.name)
        return node.name

    def name(self, name: str, dataset: str) -> None:
        """Know a dataset by a name; raises QueryError if the name stands twice."""
        if name in self.datasets:
            raise refusal("A table's name stands twice", "columns could be of either", "Join each dataset once.")
        self.datasets[name] = dataset

    def column(self, node: exp.Expr) -> ColumnRef:
        """Return a column, of a contract or derived: by its name, or worked out on the spot.

        Raises:
            QueryError: if it is neither.
        """
        node = unbracketed(node)
        if isinstance(node, exp.Column) and not node.table and node.name in self.derived:
            return ColumnRef(name=node.name)
        if is_expression(node):
            return self.derive(read_expression(node, self.stated), None)
        return self.stated(node)

    def stated(self, node: exp.Expr) -> ColumnRef:
        """Return a contract's column; raises QueryError if it is none."""
        node = unbracketed(node)
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            raise part_refusal(node, "place of a column")
        if node.args.get("db") or node.args.get("join_mark"):
            raise refusal("A column has too many names", "it is a dataset's", "Write column, or dataset.column.")
        if not node.table:
            if len(self.datasets) > 1:
                raise refusal(
                    f"It is not said whose {node.name} is meant", "two tables are joined", "Write dataset.column."
                )
            return ColumnRef(name=node.name)
        if node.table not in self.datasets:
            raise refusal(
                f"FROM names no table {node.table}", "a column is of a table that stands there", "Correct it."
            )
        dataset = self.datasets[node.table]
        return ColumnRef(name=node.name, dataset=None if dataset == self.first else dataset)

    def derive(self, expression: Expression, name: str | None) -> ColumnRef:
        """Declare a derived column and return it; one that is worked out twice is declared once.

        Raises:
            QueryError: if its name stands for something else.
        """
        known = [one.name for one in self.derived.values() if one.expression == expression]
        if known and name in (None, *known):
            return ColumnRef(name=name or known[0])
        called = default_column_name(expression) if name is None else name
        if called in self.derived:
            raise refusal(
                f"{called} would be two derived columns", "a name stands for one", "Give one of them another with AS."
            )
        self.derived[called] = Derived(name=called, expression=expression)
        return ColumnRef(name=called)


def only(node: exp.Expr, known: frozenset[str] | set[str]) -> None:
    """Refuse what a node says besides: nothing of a question is ignored."""
    for name, value in node.args.items():
        if value and name not in known:
            raise clause_refusal(name)


def unbracketed(node: exp.Expr) -> exp.Expr:
    """Return what stands in brackets."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """Return the conditions that AND joins, without brackets around any."""
    found: list[exp.Expr] = []
    waiting = [node]
    while waiting:
        one = unbracketed(waiting.pop())
        if isinstance(one, exp.And):
            waiting += [one.expression, one.this]
        else:
            found.append(one)
    return found
