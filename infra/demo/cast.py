"""Who plays in the demonstration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAgency:
    """An agency of the sample county and the person who answers for its data."""

    name: str
    title: str
    dataset: str
    custodian: str
    custodian_name: str
    columns: tuple[str, ...]
    """Columns that the project of the demonstration may use."""
    reference: str = ""
    """Public reference data that the agency sends besides; it has no budget, for it needs none."""
    reference_columns: tuple[str, ...] = ()

    @property
    def datasets(self) -> dict[str, tuple[str, ...]]:
        """Every dataset of the agency, with the columns that the project may use."""
        return {self.dataset: self.columns} | ({self.reference: self.reference_columns} if self.reference else {})


AGENCIES = (
    SampleAgency(
        name="wexmoor_police",
        title="Wexmoor Police",
        dataset="police_incidents",
        custodian="pat",
        custodian_name="Pat Doyle",
        columns=("nominal_role", "incident_type", "occurred_at", "ward", "beat", "age_band", "response_minutes"),
    ),
    SampleAgency(
        name="wexmoor_schools",
        title="Wexmoor Schools Partnership",
        dataset="school_attendance",
        custodian="sam",
        custodian_name="Sam Adeyemi",
        columns=("term", "ward", "phase", "age_band", "absence_band", "absence_sessions"),
        reference="school_terms",
        reference_columns=("term", "starts_on", "ends_on"),
    ),
    SampleAgency(
        name="wexmoor_hospital",
        title="Wexmoor Hospital NHS Trust",
        dataset="ae_attendances",
        custodian="nia",
        custodian_name="Nia Rees",
        columns=("ward",),
    ),
    SampleAgency(
        name="wexmoor_council",
        title="Wexmoor Council",
        dataset="social_care_contacts",
        custodian="col",
        custodian_name="Col Mistry",
        columns=("ward",),
    ),
)
"""The four agencies, in the order their extracts arrive."""

OPERATOR = "operator"
RESEARCHER = "rowan"
REVIEWER = "robin"
PROJECT = "early_help"
"""The one project of the demonstration."""
