"""What the tests of surrogates share: their manner, their secrets, and one finding replaced."""

from __future__ import annotations

from hashlib import sha256

from anonymise.prose.entities import Entity, Span
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import Replacement

MANNER = Manner(replacement=Replacement.SURROGATE, subject_first=True)
SECRETS = [sha256(bytes([number])).digest() for number in range(40)]


def instead(written: str, kind: Entity, secret: bytes = SECRETS[0]) -> str:
    """Return what stands for one finding."""
    replacer = Replacer(manner=MANNER, subjects=[Subject(secret=secret)])
    return replacer.write(0, written, [Span(0, len(written), kind, 0.9)])[0]
