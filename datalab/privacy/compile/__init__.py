"""From a question to a plan: refuse, bound, lay out cells, share the budget; from contracts alone, never from data."""

from datalab.privacy.compile.question import compile_question

__all__ = ["compile_question"]
