r"""Patterns of identifiers in British prose, as data; `anonymise.prose.recognisers` hands them to Presidio.

Context stands inside a pattern (`\K` drops what is left of it from the match): Presidio's own context scoring wants
lemmas, which cost more than everything else together. Every repetition is bounded, so that no text makes a pattern
slow. Scores order kinds among themselves; all findings are masked.
"""
