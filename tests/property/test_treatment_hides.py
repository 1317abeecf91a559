"""What the contract keeps from research is nowhere in a treated batch, whatever the cells hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from treated_dataset import MODEL, batch, contract, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.entities import Span
from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
from anonymise.treatment.plan import plan_treatment
from anonymise.treatment.treat import treat
from anonymise.validity import is_nhs_number, is_upn
from datalab.contract.model import PrivacyUnit

PLAN = plan_treatment(contract(PrivacyUnit.PERSON), KeyRing.throwaway(), extract_id="x1", spacy_model=MODEL)
CELLS = st.one_of(st.none(), st.text(max_size=40))
MARKED = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=6, max_size=12).map(lambda text: f"Zq{text}qZ")


class FindsNothing:
    """A finder without recognisers: what is masked then is known from the row."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find nothing."""
        return [() for _ in texts]


def everything_in(out: pa.RecordBatch) -> str:
    """Every cell of a batch as one text."""
    return "\n".join(str(cell) for column in out.columns for cell in column.to_pylist()).casefold()


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.fixed_dictionaries(
            {"nominal": MARKED, "given": MARKED, "surname": MARKED, "informant": MARKED},
            optional={"kind": st.sampled_from(["a", "b"]), "postcode": CELLS},
        ),
        min_size=1,
        max_size=5,
    ),
    st.text(max_size=20),
)
def test_hidden_columns_are_nowhere(rows: list[dict[str, Any]], between: str) -> None:
    """No value of a dropped or pseudonymised column is in any treated cell, although the notes repeat all of them."""
    planted = [
        row(number, **cells, notes=f" {between} ".join(f"- {cell} -" for cell in cells.values() if cell))
        for number, cells in enumerate(rows)
    ]

    done = treat(batch(*planted), PLAN, Redactor(FindsNothing()))

    shown = everything_in(done.batch) + str(done.tally)
    hidden = [cells[name] for cells in rows for name in ("nominal", "given", "surname", "informant")]
    assert [value for value in hidden if value.casefold() in shown] == []


@settings(deadline=None)  # a busy machine is no failure
@given(CELLS)
def test_an_unfit_postcode_shows_nothing_of_itself(cell: str | None) -> None:
    """A district is two to four characters of a postcode's shape, or there is none."""
    out = treat(batch(row(0, postcode=cell)), PLAN, Redactor(FindsNothing())).batch

    shown = out.column("postcode")[0].as_py()
    assert shown is None or (2 <= len(shown) <= 4 and shown.isalnum() and shown[0].isalpha() and shown[0].isupper())


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_any_text_is_redacted_without_an_error(texts: list[str | None]) -> None:
    """Whatever Unicode a cell holds, there is one answer a cell, and None only for None."""
    done = Redactor(load_recognisers(MODEL)).redact(texts)

    assert [one.text is None for one in done] == [text is None for text in texts]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("ABCEGHJKLMNPRTWXYZ", k=count))


def _until(make: Callable[[], str], holds: Callable[[str], bool]) -> str:
    while not holds(made := make()):
        pass
    return made


def _nhs(rng: random.Random) -> str:
    number = _until(lambda: _digits(rng, 10), is_nhs_number)
    return rng.choice((number, f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:6]}-{number[6:]}"))


def _upn(rng: random.Random) -> str:
    return _until(lambda: rng.choice("ABCDEFGHJKLMNPQRTUVWXYZ") + _digits(rng, 12), is_upn)


def _nino(rng: random.Random) -> str:
    number = f"{rng.choice('ABCEHJ')}{rng.choice('ABCEH')}{_digits(rng, 6)}{rng.choice('ABCD')}"
    return rng.choice((number, f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8]}", number.lower()))


def _postcode(rng: random.Random) -> str:
    code = f"{rng.choice(('GU', 'LS', 'B', 'WX', 'M'))}{rng.randint(1, 29)} {rng.randint(1, 9)}{rng.choice('ABDEFG')}X"
    return rng.choice((code, code.replace(" ", ""), code.lower()))


def _phone(rng: random.Random) -> str:
    tail = _digits(rng, 9)
    return rng.choice(
        (
            f"07{tail}",
            f"07{tail[:3]} {tail[3:]}",
            f"+447{tail}",
            f"+44 7{tail[:3]} {tail[3:]}",
            f"(01{tail[:3]}) {tail[3:]}",
        )
    )


def _plate(rng: random.Random) -> str:
    plate = f"{_letters(rng, 2)}{rng.randint(51, 74)} {_letters(rng, 3)}"
    return rng.choice((plate, plate.replace(" ", ""), plate.lower()))


def _email(rng: random.Random) -> str:
    return f"{_letters(rng, 5).lower()}.{_letters(rng, 4).lower()}{rng.randint(1, 99)}@mail{rng.randint(1, 9)}.co.uk"


def _licence(rng: random.Random) -> str:
    month = rng.choice((rng.randint(1, 12), rng.randint(51, 62)))
    born = f"{_digits(rng, 1)}{month:02d}{rng.randint(1, 28):02d}{_digits(rng, 1)}"
    return f"{_letters(rng, 5)}{born}{_letters(rng, 2)}9{_letters(rng, 2)}"


def _birthday(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2023)
    return rng.choice(
        (f"{day:02d}/{month:02d}/{year}", f"{day}.{month}.{year % 100:02d}", f"{year}-{month:02d}-{day:02d}")
    )


PLANTED: dict[str, Callable[[random.Random], str]] = {
    "NHS number": _nhs,
    "UPN": _upn,
    "NINO": _nino,
    "postcode": _postcode,
    "phone": _phone,
    "plate": _plate,
    "e-mail": _email,
    "driving licence": _licence,
    "passport": lambda rng: rng.choice((f"passport {_digits(rng, 9)}", f"{_letters(rng, 2)}{_digits(rng, 7)}")),
    "bank account": lambda rng: f"{_digits(rng, 2)}-{_digits(rng, 2)}-{_digits(rng, 2)} {_digits(rng, 8)}",
    "birthday": _birthday,
    "crime reference": lambda rng: f"{_digits(rng, 2)}{_letters(rng, 2)}/{_digits(rng, 5)}/{rng.randint(19, 26)}",
    "IP address": lambda rng: ".".join(str(rng.randint(1, 254)) for _ in range(4)),
}
SENTENCES = (
    "Caller gave {} and hung up.",
    "{} was on the form",
    "Details: {}; nothing else known",
    "they said it is ({}), checked twice.",
    "seen at home\n{}\nno further action",
)


@pytest.mark.parametrize("kind", PLANTED)
def test_structured_identifiers_are_found(kind: str) -> None:
    """Of each kind 99 of 100 planted in prose leave nothing but a placeholder."""
    rng = random.Random(kind)
    values = [PLANTED[kind](rng) for _ in range(300)]
    texts = [rng.choice(SENTENCES).format(value) for value in values]

    done = Redactor(load_recognisers(MODEL)).redact(texts)

    left = [value for value, one in zip(values, done, strict=True) if _remains(value, one.text or "")]
    assert len(left) <= 3, f"{len(left)} of 300 left, such as {left[:5]}"


def _remains(value: str, text: str) -> bool:
    """Whether any part of a value that says something is still there."""
    return any(len(part) >= 2 and part in text for part in value.replace("passport ", "").split())
