"""Text that is JSON keeps its shape: keys and signs stay, values go."""

from __future__ import annotations

import json

import pytest
from treated_dataset import MODEL

from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """A redactor as ingest uses it."""
    return Redactor(load_recognisers(MODEL))


def test_a_number_before_a_name_stays(redactor: Redactor) -> None:
    """The number of a bed is no part of the doctor."""
    assert redactor.redact(["bed 4 Dr Patel"])[0].text == "bed 4 [PERSON]"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ('{"name":"Joan Okonkwo","dob":"1987-03-14"}', '{"name":"[PERSON]","dob":"[DATE OF BIRTH]"}'),
        (
            '{"name": "Joan Okonkwo", "date_of_birth": "14/03/1987", "seen": "2021-03-04T10:20:00Z"}',
            '{"name": "[PERSON]", "date_of_birth": "[DATE OF BIRTH]", "seen": "[DATE]"}',
        ),
        ('[{"Name":"OKONKWO","by":"Dr Patel"}]', '[{"Name":"[PERSON]","by":"[PERSON]"}]'),
        ('{"first_name": "Zzyx", "note": "well", "bed": 4}', '{"first_name": "[PERSON]", "note": "well", "bed": 4}'),
    ],
)
def test_json_keeps_its_shape(redactor: Redactor, text: str, published: str) -> None:
    """Each value becomes its own placeholder, and the text is JSON still."""
    done = redactor.redact([text])[0].text

    assert done == published
    json.loads(done)
