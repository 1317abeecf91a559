"""How exact somebody wishes a figure to be, and what that costs: for data as previews assume, and for any data."""

from datalab.privacy.wish.assured import Assured, assured
from datalab.privacy.wish.priced import Priced, least_budget, prices_of
from datalab.privacy.wish.wish import SIZES, Aim, Of, Wish, aim_of, kept_for, read_within

__all__ = [
    "SIZES",
    "Aim",
    "Assured",
    "Of",
    "Priced",
    "Wish",
    "aim_of",
    "assured",
    "kept_for",
    "least_budget",
    "prices_of",
    "read_within",
]
