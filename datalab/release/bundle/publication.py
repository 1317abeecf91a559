"""From an approved request to its bundle: everything that is stored, put together and signed.

A bundle follows from stored records alone and reads no clock, so it is built again after a crash with the same bytes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from datalab.catalogue import CatalogueReader
from datalab.errors import IntegrityError, StateError
from datalab.privacy.answer import Answer, answer_from_document
from datalab.query.explain import explain
from datalab.release.bundle.document import verify_bundle, write_bundle
from datalab.release.bundle.provenance import provenance_of
from datalab.release.bundle.signing import ReleaseKey
from datalab.release.case import Case
from datalab.release.request import ReleaseRequest


def bundle_name(request: ReleaseRequest) -> str:
    """Return the file name of a request's bundle in the outbox."""
    return f"{request.id}.zip"


def bundle_of(request: ReleaseRequest, case: Case, catalogue: CatalogueReader, key: ReleaseKey) -> bytes:
    """Return the signed bundle of an approved request.

    Raises:
        StateError: if it was not answered and approved.
    """
    answer = stored_answer(request)
    return write_bundle(
        question=request.question,
        answer=answer,
        explanation=explanation_of(case, answer),
        provenance=provenance_of(request, case, catalogue),
        key=key,
    )


def stored_answer(request: ReleaseRequest) -> Answer:
    """Return the answer of a request; raises StateError if it has none."""
    if request.answer is None:
        raise StateError(f"Request {request.id} has no answer.", why=f"It is {request.state.value}.")
    return answer_from_document(request.answer)


def explanation_of(case: Case, answer: Answer) -> str:
    """Return in plain English what was asked, and how its answer is to be read."""
    asked = explain(case.question, case.schemas, epsilon=answer.epsilon, delta=answer.delta)
    return f"{asked.rstrip()}\n\n{answer.covers}\n"


def check_out(request: ReleaseRequest, path: Path, public_pem: bytes) -> str:
    """Check that what lies in the outbox is this request's bundle.

    Returns:
        Hex SHA-256 of the file: a bundle has one form, so what was checked and what is read here are the same.

    Raises:
        IntegrityError: if it is anything else.
    """
    if verify_bundle(path, public_pem).request != request.id:
        raise IntegrityError(
            f"{path.name} in the outbox is the bundle of another request.",
            why="Somebody or something renamed it.",
            remedy="Keep it as evidence, and take it out of the outbox.",
        )
    return hashlib.sha256(path.read_bytes()).hexdigest()
