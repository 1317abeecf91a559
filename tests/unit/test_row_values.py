"""What a row holds beside its text."""

from __future__ import annotations

from datetime import UTC, date, datetime

from treated_dataset import batch, contract, row

from anonymise.prose.recorded.row_values import row_latest


def test_the_newest_day_of_a_row_is_none_of_birth_and_no_open_end() -> None:
    """Births are not asked, an end that a system leaves open is none, and a row without a day has none."""
    rows = batch(
        row(1, born=date(2025, 1, 1), seen_at=datetime(2024, 5, 6, 7, 8, tzinfo=UTC)),
        row(2, born=date(2025, 1, 1), seen_at=datetime(2099, 12, 31, tzinfo=UTC)),
        row(3, born=date(2025, 1, 1), seen_at=None),
    )

    assert row_latest(contract(), rows) == [date(2024, 5, 6), None, None]
