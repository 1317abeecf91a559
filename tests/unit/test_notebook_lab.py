"""The notebook side: describe, understand, save; and read what was released."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_lab import DeskLab, build, contract, question

from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.errors import IntegrityError, NotFoundError, QueryError, StateError
from datalab.release.bundle.signing import PUBLIC_FILE
from datalab.release.request import RequestState
from notebooks.lab import Lab, ask, col, read_question, read_release, to_json


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
