"""What is written in base64 is masked whole, whatever it says; what is disguised is masked whatever it is."""

from __future__ import annotations

import base64
import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from rules_and_names import RulesAndNames

from anonymise.prose.disguise.letters import look_alikes
from anonymise.prose.redaction import Redactor


@cache
def redactor() -> Redactor:
    """A redactor without a model."""
    return Redactor(RulesAndNames())


@settings(max_examples=60, deadline=None)  # a busy machine is no failure
@given(
    said=st.one_of(st.binary(min_size=18, max_size=300), st.text(min_size=18, max_size=200).map(str.encode)),
    style=st.sampled_from([base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes]),
    padded=st.booleans(),
)
def test_a_run_of_base64_is_masked_whole(said: bytes, style: object, padded: bool) -> None:  # noqa: FBT001
    """Nothing of a run is left but the words around it."""
    written = style(said).decode().strip()  # type: ignore[operator]
    written = written if padded else written.rstrip("=")

    done = redactor().redact([f"sent this: {written} and left"])[0].text

    assert done is not None
    # A piece of it can look like something else as well.
    assert re.fullmatch(r"sent this: (?:\[[A-Z ]+\]\s)+and left", done)


@settings(max_examples=60, deadline=None)  # a busy machine is no failure
@given(st.data())
def test_no_choice_of_letters_hides_a_title_and_name(data: st.DataObject) -> None:
    """Whichever letters are exchanged for their look-alikes, the name goes."""
    alikes: dict[str, list[str]] = {}
    for letter, latin in look_alikes().items():
        alikes.setdefault(latin, []).append(letter)
    written = "".join(
        data.draw(st.sampled_from([letter, *alikes.get(letter, [])])) if letter != " " else letter
        for letter in "Mrs Okafor"
    )

    done = redactor().redact([f"then {written} came"])[0].text

    assert done == "then [PERSON] came"
