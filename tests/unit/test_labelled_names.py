"""Given names that are words: found behind a label, before kin, where they speak, and left in ordinary sentences."""

from __future__ import annotations

import re

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    "text",
    [
        "- {Hope} (mother)",
        "{JOY} (maternal aunt) and {Rose} (sister, 14)",
        "CALLER: {FAITH}",
        "caller: {faith}",
        "Name: {Will}. Age: 14",
        "Informant - {Grace}",
        "Mother: {Hope}",
        "{Will}: I told him to stop",
        "Notes of the call.\n{Grace}: I was at home",
        "VISIT TO {HOPE} {WINTER}",
        "Letter from {Joy} {Young} today",
        "told {art} and {gene}",
        "witness was {may}",
        "a girl called {hope}",
        "her name is {grace}.",
        "{Happy} was arrested at 0300",
    ],
)
def test_a_label_or_kin_makes_a_name(text: str) -> None:
    """The words in braces go, and nothing else."""
    masked = re.sub(r"\{[^}]*\}(?: \{[^}]*\})?", "[PERSON]", text)

    assert REDACTOR.redact([re.sub("[{}]", "", text)])[0].text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Mood: happy. Plan: hope to return",
        "Mother: bright and warm with the baby",
        "Child: Bright.",
        "Victim was innocent.",
        "Witness was frank.",
        "Caller was happy to wait.",
        "Happy to be contacted by phone",
        "Happy was the word that she used",
        "visit to the rose garden",
        "VISIT TO HOPE HOUSE",
        "visit to summer camp",
        "called from the summer wing",
        "letter from home",
        "told patience is needed",
        "asked for comfort and joy",
        "Next review: May",
        "Due: spring (term 2)",
        "Hope: the family will be together",
        "Promise: we will be honest",
        "- Charity (local) to ring",
        "- Rose (garden) pruned",
        "Art: enjoys drawing",
        "the driver was will to go",
        "lives in a house called the willows",
        "told art and craft would start",
        "spoke with hope and joy of the future",
        "Contact with summer school",
        "Name: not given",
        "told may and will differ",
        "Grace period ends in May (month)",
    ],
)
def test_an_ordinary_sentence_stays(text: str) -> None:
    """Words that are names elsewhere are left where they are words."""
    assert REDACTOR.redact([text])[0].text == text
