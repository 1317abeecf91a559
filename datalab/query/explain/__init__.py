"""A question in plain English: everything that its answer depends on, for its author, its reviewer and the public."""

from datalab.query.explain.question import explain

__all__ = ["explain"]
