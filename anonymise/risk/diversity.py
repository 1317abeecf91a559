"""l-diversity: whether who is found in a class, but not which row is theirs, still has a secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """How alike the sensitive values of a class are (Machanavajjhala et al. 2007, doi:10.1145/1217299.1217302).

    A unit counts once for each value that it has in a class. Missing values are left out, since they say nothing, and
    so are classes that hold nothing else.
    """

    column: str
    """The sensitive column."""
    distinct: int
    """Fewest different values in a class (distinct l); 0 where there are no values."""
    entropy: float
    """Smallest effective number of values in a class: e to the power of their entropy (entropy l); 0 as above."""
    alike: int
    """Units, once a class, in classes where all have the same value: finding the class tells the value."""
    judged: int
    """Units, once a class and value, that were looked at."""
