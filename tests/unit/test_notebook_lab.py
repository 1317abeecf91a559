"""The notebook side: describe, understand, save; and read what was released."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from desk_lab import DeskLab, build, contract, question

from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.errors import IntegrityError, NotFoundError, QueryError, StateError
from datalab.query.model import (
    Clamp,
    ColumnRef,
    Compare,
    CountRows,
    Derived,
    IsMissing,
    Join,
    Not,
    Operator,
    Predicate,
    Quantile,
    Window,
)
from datalab.release.bundle.signing import PUBLIC_FILE
from datalab.release.request import RequestState
from notebooks.lab import Lab, ask, col, read_question, read_release, sql, to_json, to_sql


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """What a researcher knows: two contracts."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    for dataset, unit in (("incidents", PrivacyUnit.PERSON), ("areas", PrivacyUnit.PUBLIC)):
        (folder / f"{dataset}.yaml").write_text(write_contract(contract(dataset, unit)))
    return Lab.from_contracts(folder)


@pytest.fixture
def desk_lab(tmp_path: Path) -> DeskLab:
    """The lab behind the wall."""
    return build(tmp_path / "lab")


def test_contracts_say_what_can_be_asked(lab: Lab, tmp_path: Path) -> None:
    """Columns are listed with their public values and ranges, and none that is dropped or pseudonymised."""
    columns = lab.columns.set_index(["dataset", "column"])

    assert columns.loc[("incidents", "area"), "values"] == "north, south"
    assert columns.loc[("incidents", "minutes"), "upper"] == 600
    assert set(lab.columns["column"]) == {"area", "minutes"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError):
        Lab.from_contracts(tmp_path / "empty")


def test_a_question_is_described_explained_and_saved(lab: Lab, tmp_path: Path) -> None:
    """What is saved reads back as the same question, and is not overwritten."""
    asked = (
        ask("incidents").where(col("minutes") >= 30).group_by("area").count_units().spend(epsilon=1, rows_per_unit=4)
    )

    assert "minutes is at least 30" in lab.explain(asked)
    path = lab.save(asked, tmp_path / "question.json")
    assert read_question(path) == asked
    assert path.read_text() == to_json(asked)
    with pytest.raises(StateError):
        lab.save(asked, path)


def test_what_cannot_be_asked_is_refused_before_it_is_saved(lab: Lab, tmp_path: Path) -> None:
    """An unknown column is named, and no file is written."""
    asked = ask("incidents").group_by("surname").count_rows().spend(rho="1/10", rows_per_unit=4)

    with pytest.raises(QueryError, match="surname"):
        lab.save(asked, tmp_path / "question.json")
    assert not (tmp_path / "question.json").exists()


def test_a_released_bundle_is_a_table_with_intervals(desk_lab: DeskLab, tmp_path: Path) -> None:
    """The table holds the groups and each figure with its interval; a bundle that was touched is refused."""
    request = desk_lab.desk.submit(question(), project="safer", author="ann")
    desk_lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
    bundle = desk_lab.desk.outbox.path(desk_lab.desk.publish(request.id).bundle or "")
    key = desk_lab.folder / "public" / PUBLIC_FILE

    release = read_release(bundle, key)

    assert list(release.table.columns) == ["area", "rows", "rows_low", "rows_high"]
    assert list(release.table["area"]) == ["north", "south"]
    assert (release.table["rows_low"] <= release.table["rows"]).all()
    assert release.table.attrs["request"] == request.id
    assert "incidents" in release.explanation
    touched = tmp_path / "touched.zip"
    touched.write_bytes(bundle.read_bytes()[:-1] + b"\1")
    with pytest.raises(IntegrityError):
        read_release(touched, key)
    with pytest.raises(NotFoundError):
        read_release(bundle, tmp_path / "absent.pub")


def deep() -> Predicate:
    """Return a condition that nests deeper than any file may."""
    predicate: Predicate = IsMissing(column=ColumnRef(name="area"))
    for _ in range(5_000):
        predicate = Not(predicate=predicate)
    return predicate


@pytest.mark.parametrize(
    "changes",
    [
        {"rows_per_unit": 4.5},
        {"rows_per_unit": True},
        {"rows_per_unit": 10**5000},
        {"rows_per_cell": "2"},
        {"rho": math.nan},
        {"rho": Fraction(1, 3**60)},
        {"title": "x" * 501},
        {"title": "\ud800"},
        {"title": 7},
        {"query": None},
        {"top": 0},
        {"top": 2.0},
        {"measures": (CountRows(), 7)},
        {"measures": (Quantile(column=ColumnRef(name="minutes"), name="minutes_p9", level=Fraction(9)),)},
        {"where": Compare(column=ColumnRef(name="minutes"), operator=Operator.GE, value=math.nan)},
        {"where": Compare(column=ColumnRef(name="minutes"), operator=Operator.GE, value=2**63)},
        {"where": deep()},
        {"derive": (Derived(name="m", expression=Clamp(column=ColumnRef(name="minutes"), lower=0, upper=math.inf)),)},
        {
            "joins": (
                Join(
                    dataset="areas",
                    within=Window(
                        own=ColumnRef(name="area"),
                        other=ColumnRef(name="area"),
                        at_least=0,
                        at_most=1.5,  # type: ignore[arg-type]  # what is refused
                    ),
                ),
            )
        },
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_is_saved_that_would_be_refused_at_submission(
    lab: Lab, tmp_path: Path, changes: dict[str, object]
) -> None:
    """A question put together by hand is read back from its own JSON first, and refused as its file would be."""
    asked = question()
    inner = {key: value for key, value in changes.items() if hasattr(asked.query, key)}
    outer = {key: value for key, value in changes.items() if key not in inner}
    asked = replace(asked, **{"query": replace(asked.query, **inner), **outer})  # type: ignore[arg-type]  # what is refused

    for use in (lab.check, lab.explain, lab.to_sql, lambda one: lab.save(one, tmp_path / "question.json")):
        with pytest.raises(QueryError):
            use(asked)
    assert not (tmp_path / "question.json").exists()


@pytest.mark.parametrize(
    "given", [None, 7, "SELECT 1", ask("incidents").count_rows(), object()], ids=lambda one: type(one).__name__
)
def test_what_is_no_question_is_refused(lab: Lab, tmp_path: Path, given: Any) -> None:
    """A question without its price, or another thing, is refused with how to finish one."""
    for use in (lab.check, lab.explain, lab.to_sql, to_json, lambda one: lab.save(one, tmp_path / "question.json")):
        with pytest.raises(QueryError, match="spend"):
            use(given)


@pytest.mark.parametrize("path", [None, 7, "", "a\0b", b"a", "absent/question.json"], ids=str)
def test_a_path_that_is_none_is_refused(lab: Lab, path: Any) -> None:
    """Files that cannot be are refused in words, for reading and for writing."""
    with pytest.raises((NotFoundError, StateError)):
        lab.save(question(), path)
    for use in (read_question, lambda one: read_release(one, "release.pub"), lambda one: read_release("r.zip", one)):
        with pytest.raises(NotFoundError):
            use(path)


def test_the_lab_writes_sql_that_knows_public_data(lab: Lab) -> None:
    """Public data is joined by columns alone in the SQL that the lab writes."""
    asked = ask("incidents").join("areas", on={"area": "area"}).count_rows().spend(rho="1/10", rows_per_unit=4)
    text = lab.to_sql(asked)

    assert "unit_id" not in text
    assert "incidents.area = areas.area" in text
    assert sql(text).query == asked.query


def test_a_question_is_written_as_sql_without_a_lab() -> None:
    """A finished question and its query are the same SQL; anything else is refused with what to write."""
    asked = ask("incidents").count_rows().spend(rho="1/10", rows_per_unit=4)
    wrong: Any = "incidents"

    assert sql(to_sql(asked)).query == asked.query
    assert to_sql(asked) == to_sql(asked.query)
    with pytest.raises(QueryError, match="not a question"):
        to_sql(wrong)


@pytest.mark.parametrize(
    "share", [None, "all", math.nan, 0, 1, 2, -1, 10**5000, True], ids=lambda one: type(one).__name__
)
def test_a_share_of_units_is_one(desk_lab: DeskLab, share: Any) -> None:
    """A share that is none is refused before the answer is looked at."""
    request = desk_lab.desk.submit(question(), project="safer", author="ann")
    desk_lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
    bundle = desk_lab.desk.outbox.path(desk_lab.desk.publish(request.id).bundle or "")

    with pytest.raises(QueryError, match="between 0 and 1"):
        read_release(bundle, desk_lab.folder / "public" / PUBLIC_FILE).recommended_rows(share)
