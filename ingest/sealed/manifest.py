"""The manifest: what an agency says about an extract, signed, beside the ciphertext.

The file holds exactly one byte sequence for each manifest (canonical JSON: sorted keys, no spaces, UTF-8, one line
end), and reading refuses any other. So whatever was changed after signing is found by comparing bytes, and nothing
depends on how two JSON readers treat a repeated key or a large number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from datalab.catalogue import ExtractKind
from datalab.errors import ExtractError
from ingest.sealed.canonical import HEX_32, NAME, VERSION, count_in, is_form_of, render, text_in
from ingest.sealed.marks import Marks, parse_marks

FORMAT = "datalab-extract/1"
"""Version of the manifest; also the context that is signed, so that no other signature passes for one of these."""
MAX_MANIFEST_BYTES = 64 * 1024
"""Longest manifest file that is read."""
ID_DIGITS = 20
"""Hex digits of the ciphertext's SHA-256 in an extract's identifier (80 bits)."""


class FileFormat(StrEnum):
    """How the rows of an extract are written."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an agency says about one extract."""

    agency: str
    dataset: str
    contract_version: str
    kind: ExtractKind
    period_from: date
    period_to: date
    file_format: FileFormat
    rows: int
    """Data rows, without a header."""
    ciphertext_sha256: str
    ciphertext_bytes: int
    content_id: str
    """HMAC-SHA256 of the plaintext under a secret of the agency; see `ingest.sealed.agency_key`."""
    sealed_at: datetime
    marks: Marks | None = None
    """What its custodian's own reading found; None where the texts were not read."""

    @property
    def extract_id(self) -> str:
        """Name of the extract: the same ciphertext has the same name, whoever delivers it and however often."""
        return f"{self.dataset}-{self.ciphertext_sha256[:ID_DIGITS]}"


def canonical(manifest: Manifest) -> bytes:
    """Render a manifest as the one byte sequence that is signed and compared."""
    document = {
        "format": FORMAT,
        "agency": manifest.agency,
        "dataset": manifest.dataset,
        "contract_version": manifest.contract_version,
        "kind": manifest.kind.value,
        "period_from": manifest.period_from.isoformat(),
        "period_to": manifest.period_to.isoformat(),
        "file_format": manifest.file_format.value,
        "rows": manifest.rows,
        "ciphertext_sha256": manifest.ciphertext_sha256,
        "ciphertext_bytes": manifest.ciphertext_bytes,
        "content_id": manifest.content_id,
        "sealed_at": manifest.sealed_at.astimezone(UTC).isoformat(timespec="seconds"),
        **({"marks": manifest.marks.document()} if manifest.marks is not None else {}),
    }
    return render(document)


def parse_manifest(document: object) -> Manifest:
    """Read a manifest from its JSON object.

    Raises:
        ExtractError: if a field is missing, unknown, or not of its one form.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _refusal(f"it does not say format {FORMAT}")
    try:
        manifest = Manifest(
            agency=text_in(document, "agency", NAME),
            dataset=text_in(document, "dataset", NAME),
            contract_version=text_in(document, "contract_version", VERSION),
            kind=ExtractKind(document["kind"]),
            period_from=date.fromisoformat(document["period_from"]),
            period_to=date.fromisoformat(document["period_to"]),
            file_format=FileFormat(document["file_format"]),
            rows=count_in(document, "rows"),
            ciphertext_sha256=text_in(document, "ciphertext_sha256", HEX_32),
            ciphertext_bytes=count_in(document, "ciphertext_bytes"),
            content_id=text_in(document, "content_id", HEX_32),
            sealed_at=datetime.fromisoformat(document["sealed_at"]),
            marks=parse_marks(document["marks"]) if "marks" in document else None,
        )
    except (KeyError, TypeError, ValueError):
        raise _refusal("a field is missing, or not written as the lab's own tool writes it") from None
    if manifest.sealed_at.tzinfo is None or not is_form_of(lambda: canonical(manifest), document):
        raise _refusal("it holds a field that the format does not have, or a value in another form")
    if manifest.period_to < manifest.period_from:
        raise _refusal("its period ends before it begins")
    if manifest.marks is not None and not marks_fit(manifest, manifest.marks):
        raise _refusal("the marks in it are of another file, or of another version of the contract")
    return manifest


def marks_fit(manifest: Manifest, marks: Marks) -> bool:
    """Say whether marks are of the file that a manifest is about, under the same version of its contract."""
    return (marks.agency, marks.dataset, marks.contract_version, marks.content_id) == (
        manifest.agency,
        manifest.dataset,
        manifest.contract_version,
        manifest.content_id,
    )


def _refusal(reason: str) -> ExtractError:
    return ExtractError(
        "The manifest cannot be read.",
        why=f"{reason[0].upper()}{reason[1:]}.",
        remedy="Seal the extract again with `datalab extract seal` of this version.",
    )
