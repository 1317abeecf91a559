"""What a sandbox is made of before it runs: its description, its user, its view, its settings of Spark."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from datalab.catalogue import ProjectView
from datalab.contract.model import Contract
from datalab.contract.odcs.contract_file import read_contract
from datalab.errors import DatalabError, SettingsError
from datalab.governance.project import DatasetGrant, Project
from datalab.settings import Settings
from infra.enclave.spark import spark_defaults
from infra.enclave.specification import Limits, Specification, read_specification
from infra.enclave.uids import UidTable
from infra.enclave.view import view_mounts
from infra.hub.spawner import sandbox_key

WHOLE = Specification(
    user="alice",
    project="p",
    prefix="/user/alice/p/",
    port=1,
    uid=70_000,
    gid=70_000,
    hub="http://127.0.0.1:8081",
    release_socket="/r.sock",
    release_secret_file="/r.secret",  # noqa: S106 - a path
    run_dir="/run/x",
    audit_log="/log/x",
    read_only=(("/a", "/b"),),
    read_write=(("/c", "/home/researcher"),),
    command=("true",),
)


def test_a_sandbox_s_name_is_its_own(tmp_path: Path) -> None:
    """Another person, project or lab of the same machine has another; the same has the same at every start."""
    labs = [Settings(home=tmp_path / name) for name in ("one", "two")]
    names = [sandbox_key(lab, project, who) for lab in labs for project in ("p", "q") for who in ("ann", "ben")]

    assert len(set(names)) == len(names)
    assert sandbox_key(labs[0], "p", "ann") == names[0]


def test_a_description_survives_its_journey() -> None:
    """What the spawner writes is what the supervisor reads."""
    assert read_specification(WHOLE.to_json()) == WHOLE


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values | {"colour": "red"},
        lambda values: {name: one for name, one in values.items() if name != "user"},
        lambda values: values | {"limits": {"memory_in_gigabytes": 1}},
        lambda values: values | {"read_only": [["relative", "/b"]]},
        lambda values: values | {"read_write": [["/a/../b", "/b"]]},
    ],
)
def test_a_wrong_description_is_refused(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """A name that is unknown or missing, or a path that is not whole, is refused with what to write."""
    with pytest.raises(SettingsError):
        read_specification(json.dumps(change(json.loads(WHOLE.to_json()))))


def test_a_user_of_the_host_is_given_once_and_for_good(tmp_path: Path) -> None:
    """A key keeps its number over restarts; two keys never share one, though many ask at once."""
    file = tmp_path / "uids.json"
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda n: UidTable(file).uid_of(f"p/person-{n % 20}"), range(80)))

    assert len(set(given)) == 20
    assert [UidTable(file).uid_of(f"p/person-{n}") for n in range(20)] == given[:20]
    assert min(given) == 70_000


def test_a_range_that_is_used_up_is_said_to_be(tmp_path: Path) -> None:
    """When no number is left nobody gets another person's."""
    table = UidTable(tmp_path / "uids.json", first=5, last=6)
    assert (table.uid_of("a"), table.uid_of("b")) == (5, 6)

    with pytest.raises(DatalabError, match="none is given twice"):
        table.uid_of("c")


class OneDataset:
    """A catalogue of one dataset, of which the project has two views."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def views(self, project: str) -> tuple[ProjectView, ...]:
        """Return both views."""
        return tuple(
            ProjectView(
                project=project,
                dataset=self._contract.dataset,
                version=number,
                columns=("a", "b"),
                rows=number,
                path=f"{project}/{self._contract.dataset}/v000{number}-x",
                buckets=4,
                key_version="k/v1",
                published_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
            for number in (2, 1)
        )

    def contract(self, _: str) -> Contract:
        """Return the contract."""
        return self._contract


def test_the_view_is_the_newest_and_described(tmp_path: Path) -> None:
    """A sandbox gets the newest view of each dataset, with its contract, and no count of rows."""
    contract = read_contract(Path("tests/contracts/exclusions.yaml"))
    key = tmp_path / "release.pub"
    key.write_text("a public key")
    given = _project(contract, "a", "b", "c"), OneDataset(contract), Path("/zones/views"), tmp_path / "described", key
    mounts = dict(view_mounts(*given))  # type: ignore[arg-type]
    targets = {target: source for source, target in mounts.items()}
    said = json.loads((tmp_path / "described" / "catalogue.json").read_text())

    assert targets["/data/release.pub"] == str(key)
    assert targets[f"/data/{contract.dataset}"] == f"/zones/views/p/{contract.dataset}/v0002-x"
    assert said["datasets"] == [
        {
            "dataset": contract.dataset,
            "version": 2,
            "columns": ["a", "b"],
            "privacy_unit": str(contract.privacy_unit),
            "contract": f"contracts/{contract.dataset}.yaml",
        }
    ]
    assert read_contract(Path(targets["/data/contracts"]) / f"{contract.dataset}.yaml") == contract


def _project(contract: Contract, *columns: str) -> Project:
    return Project(
        id="p",
        title="P",
        purpose="Tests",
        members=frozenset(),
        grants=(DatasetGrant(dataset=contract.dataset, columns=columns),) if columns else (),
        expires_on=date(2099, 1, 1),
    )


@pytest.mark.parametrize("columns", [(), ("a",)], ids=["no grant any more", "a column less"])
def test_a_view_past_the_grant_is_not_mounted(columns: tuple[str, ...], tmp_path: Path) -> None:
    """A view that holds what today's grants do not cover is neither mounted nor described."""
    contract = read_contract(Path("tests/contracts/exclusions.yaml"))
    given = _project(contract, *columns), OneDataset(contract), Path("/zones/views"), tmp_path / "d", tmp_path / "none"
    mounts = view_mounts(*given)  # type: ignore[arg-type]

    assert {target for _, target in mounts} == {"/data/catalogue.json", "/data/contracts"}
    assert json.loads((tmp_path / "d" / "catalogue.json").read_text())["datasets"] == []


@pytest.mark.parametrize(
    ("cores", "memory", "heap"), [(2, 4 << 30, "1536m"), (64, 256 << 30, "31744m"), (1, 1 << 30, "512m")]
)
def test_spark_fits_the_sandbox(cores: float, memory: int, heap: str) -> None:
    """From two cores to 64, Spark's heap and partitions follow the sandbox's limits, and nothing of it listens."""
    settings = dict(line.split(None, 1) for line in spark_defaults(Limits(cpu=cores, memory=memory)).splitlines())

    assert settings["spark.driver.memory"] == heap
    assert settings["spark.master"] == f"local[{cores}]"
    assert settings["spark.sql.shuffle.partitions"] == str(cores * 2)
    assert settings["spark.ui.enabled"] == "false"
    assert int(heap[:-1]) << 20 < memory
