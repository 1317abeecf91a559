"""Bundles: what leaves the lab, as one signed file that anybody can check without asking the lab.

    answer.csv        the noisy figures with their 95 % intervals, for a spreadsheet
    answer.json       the same, with cost and what the intervals cover, for a program
    question.json     what was asked, without its title
    explanation.txt   the question and how to read the answer, in plain English
    provenance.json   datasets, contracts, software, cost, review
    manifest.json     length and SHA-256 of each of the above
    manifest.sig      Ed25519 over the manifest, with the identifier of its key

The file is a canonical archive (`datalab.release.bundle.archive`): equal contents are equal bytes, and no byte of it
can be changed unnoticed, not even one that no reader looks at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datalab.errors import IntegrityError, NotFoundError
from datalab.privacy.answer import Answer, answer_from_document, answer_to_document
from datalab.query.document import question_from_document, question_to_document
from datalab.query.model import Question
from datalab.release.bundle.archive import MAX_BYTES, pack, unpack
from datalab.release.bundle.signing import ReleaseKey, check_signature, key_id
from datalab.release.bundle.spreadsheet import answer_to_csv

KIND = "application/vnd.datalab.bundle-manifest+json"
"""Type of what is signed (DSSE payload type)."""
FORMAT = 1
"""Version of the bundle: readers refuse one they do not know."""
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
CONTENTS = ("answer.csv", "answer.json", "explanation.txt", "provenance.json", "question.json")
"""Every bundle holds these, the manifest, its signature, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle that was checked."""

    request: str
    project: str
    question: Question
    answer: Answer
    explanation: str
    provenance: Mapping[str, Any]
    key: str
    """Identifier of the key that signed it (hex SHA-256 of the public key)."""
    sizes: Mapping[str, int]
    """Length of each content in bytes."""


def write_bundle(
    *, question: Question, answer: Answer, explanation: str, provenance: Mapping[str, Any], key: ReleaseKey
) -> bytes:
    """Return a signed bundle; equal arguments give equal bytes."""
    contents = {
        "answer.csv": answer_to_csv(answer).encode(),
        "answer.json": _json(answer_to_document(answer)),
        "explanation.txt": explanation.encode(),
        "provenance.json": _json(provenance),
        "question.json": _json(question_to_document(replace(question, title=""))),  # a title is for people inside
    }
    manifest = _json(
        {
            "format": FORMAT,
            "request": provenance["request"],
            "contents": {
                name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in contents.items()
            },
        }
    )
    return pack({**contents, MANIFEST: manifest, SIGNATURE: _envelope(key.id, key.sign(manifest, kind=KIND).hex())})


def verify_bundle(path: Path, public_pem: bytes) -> Bundle:
    """Check a bundle with nothing but the lab's public key, and return what it holds.

    1. The file is an archive exactly as the lab writes it, of a bounded size.
    2. It holds the seven entries of a bundle and no other.
    3. The manifest is signed by this key; nothing inside is believed before.
    4. Each content has the length and digest that the manifest states.
    5. The contents are documents that this version reads, about one request.

    Args:
        path: the file.
        public_pem: the lab's public key, from a place that you trust; never from the bundle's sender.

    Raises:
        NotFoundError: if there is no such file.
        IntegrityError: if any of it does not hold.
        SettingsError: if the public key is none.
    """
    entries = unpack(_read(path))  # (1)
    if sorted(entries) != sorted((*CONTENTS, MANIFEST, SIGNATURE)):  # (2)
        raise _refused("It does not hold the files of a bundle, or holds others.")
    key = key_id(public_pem)
    manifest = entries[MANIFEST]
    check_signature(manifest, _signature(entries[SIGNATURE], key), kind=KIND, public_pem=public_pem)  # (3)
    try:
        stated = json.loads(manifest)
        if stated["format"] != FORMAT:
            raise _refused(f"It is of format {stated['format']}, and this version reads format {FORMAT}.")
        for name in CONTENTS:  # (4)
            data = entries[name]
            if stated["contents"][name] != {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}:
                raise _refused(f"{name} is not what the manifest states.")
        provenance = json.loads(entries["provenance.json"])  # (5)
        if provenance["request"] != stated["request"]:
            raise _refused("Its parts are about two requests.")
        return Bundle(
            request=stated["request"],
            project=provenance["project"]["id"],
            question=question_from_document(json.loads(entries["question.json"])),
            answer=answer_from_document(json.loads(entries["answer.json"])),
            explanation=entries["explanation.txt"].decode(),
            provenance=provenance,
            key=key,
            sizes={name: len(entries[name]) for name in CONTENTS},
        )
    except (ValueError, KeyError, TypeError):  # signed, and yet unreadable: written by another version
        raise _refused("Its documents are not of a form that this version reads.") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"There is no file {path}.", remedy="Correct the path.") from None


def _signature(envelope: bytes, key: str) -> bytes:
    try:
        stated = json.loads(envelope)
        named, signature = str(stated["key_id"]), bytes.fromhex(stated["signature"])
    except (ValueError, KeyError, TypeError):
        raise _refused("Its signature cannot be read.") from None
    if envelope != _envelope(named, signature.hex()):
        raise _refused("Its signature is not written as the lab writes it.")
    if named != key:
        raise _refused(f"It says that key {named[:16]} signed it; the key you gave is {key[:16]}.")
    return signature


def _envelope(key: str, signature: str) -> bytes:
    return _json({"key_id": key, "payload": MANIFEST, "payload_type": KIND, "signature": signature})


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def _refused(why: str) -> IntegrityError:
    return IntegrityError("This bundle does not hold.", why=why, remedy="Get it again from the lab, and do not use it.")
