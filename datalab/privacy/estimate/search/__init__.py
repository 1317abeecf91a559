"""Searching for quantiles: at which edge the next noisy sum is taken, and what all of them say in the end."""

from datalab.privacy.estimate.search.course import Course
from datalab.privacy.estimate.search.figures import foreseen, foreseen_reach, found
from datalab.privacy.estimate.search.reach import critical_of, reach_of, rounds_of
from datalab.privacy.estimate.search.run import Noised, replayed, searched, signed_sums

__all__ = [
    "Course",
    "Noised",
    "critical_of",
    "foreseen",
    "foreseen_reach",
    "found",
    "reach_of",
    "replayed",
    "rounds_of",
    "searched",
    "signed_sums",
]
