"""How far an answer can be from the bounded truth: known before it is asked.

What an interval covers: the noise, and nothing else. It does not cover rows left out because a unit had more than R,
values clamped to the stated bounds, or the chance in the sample itself.
"""

from datalab.privacy.accuracy.bias import Bias, bounding_bias, recommended_rows
from datalab.privacy.accuracy.expected import SIZED, Expected, expected, for_any_data, half_width_of
from datalab.privacy.accuracy.held_error import may_lose
from datalab.privacy.accuracy.possible import ROUNDING, bound_text, possible, possible_text, unit_of
from datalab.privacy.accuracy.power import POWER_Z, Seen, Visibility, in_words, seen_in, visibility
from datalab.privacy.accuracy.preview import EXAMPLE_COUNTS, MeasurePreview, Preview, SizePreview, preview
from datalab.privacy.accuracy.said import SUPPOSE, assumes, of_column, reached_text, sold_for
from datalab.privacy.accuracy.size import MOST_ROWS, check_size
from datalab.privacy.accuracy.steps import limited_by_steps
from datalab.privacy.accuracy.supposed import check_supposed, supposes
from datalab.privacy.accuracy.telling import Telling, chance_told, tellings
from datalab.privacy.accuracy.typical import Typical, typical
from datalab.privacy.estimate.noise_size import CONFIDENCE, Z, half_width

__all__ = [
    "CONFIDENCE",
    "EXAMPLE_COUNTS",
    "MOST_ROWS",
    "POWER_Z",
    "ROUNDING",
    "SIZED",
    "SUPPOSE",
    "Bias",
    "Expected",
    "MeasurePreview",
    "Preview",
    "Seen",
    "SizePreview",
    "Telling",
    "Typical",
    "Visibility",
    "Z",
    "assumes",
    "bound_text",
    "bounding_bias",
    "chance_told",
    "check_size",
    "check_supposed",
    "expected",
    "for_any_data",
    "half_width",
    "half_width_of",
    "in_words",
    "limited_by_steps",
    "may_lose",
    "of_column",
    "possible",
    "possible_text",
    "preview",
    "reached_text",
    "recommended_rows",
    "seen_in",
    "sold_for",
    "supposes",
    "tellings",
    "typical",
    "unit_of",
    "visibility",
]
