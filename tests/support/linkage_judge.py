"""Linking registers whose truth is known, in memory, and counting what was right."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from anonymise.keys.keyring import KeyRing
from anonymise.linkage.match_hasher import match_hasher
from anonymise.linkage.spine import PASSES, Profile, gather, link_in_memory
from datalab.contract.model import Contract, MatchKind
from datalab.contract.odcs.contract_file import read_contract

CONTRACTS = Path(__file__).parents[1] / "contracts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Links made, beside the links that there are."""

    right: int
    wrong: int
    possible: int
    passes: Mapping[str, int]
    wrong_passes: Mapping[str, int]

    @property
    def precision(self) -> float:
        """Share of the links made that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the possible links that were made."""
        return self.right / max(1, self.possible)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / max(1, self.right + self.wrong + self.possible)


def without(contract: Contract, *kinds: MatchKind) -> Contract:
    """The contract as if its columns of these kinds were none of linkage's business."""
    return replace(
        contract,
        columns=tuple(replace(column, match=None) if column.match in kinds else column for column in contract.columns),
    )


def people(contract: Contract, files: Sequence[Path], ring: KeyRing) -> list[Profile]:
    """Read a register and hash its people."""
    key, hasher = contract.person_key, match_hasher(contract, ring)
    assert key is not None
    rows = [row for file in files for row in _rows(file)]
    columns = {field.column: pa.array([row.get(field.column) for row in rows]) for field in hasher.match_fields}
    hashed = hasher.columns(pa.RecordBatch.from_pydict(columns))
    return gather([str(row[key.name]) for row in rows], hasher.column_names, [column.to_pylist() for column in hashed])


def febrl(data: Path, ring: KeyRing, *hidden: MatchKind) -> tuple[list[Profile], list[Profile], dict[str, str]]:
    """The two registers of febrl4, and which reference of the second is which of the first."""
    first, second = (
        people(
            without(read_contract(CONTRACTS / f"register_{name}.yaml"), *hidden),
            [data / "linkage" / f"febrl4{name}.csv"],
            ring,
        )
        for name in ("a", "b")
    )
    with (data / "linkage" / "febrl4_links.csv").open() as file:
        truth = {later: earlier for earlier, later in list(csv.reader(file))[1:]}
    return first, second, truth


def score_pair(first: list[Profile], second: list[Profile], truth: Mapping[str, str]) -> Score:
    """Link a register to another one."""
    links = link_in_memory(second, first)
    passes = Counter(PASSES[match.place] for match in links.values())
    wrong = Counter(PASSES[match.place] for ref, match in links.items() if truth.get(ref) != match.spine_id)
    return Score(
        right=len(links) - wrong.total(),
        wrong=wrong.total(),
        possible=len(truth),
        passes=passes,
        wrong_passes=wrong,
    )


def only(profiles: list[Profile], key: str) -> list[Profile]:
    """The people as one match key knows them: the floor to measure against."""
    place = PASSES.index(key)
    return [
        replace(profile, keys=frozenset(entry for entry in profile.keys if entry[0] == place)) for profile in profiles
    ]


def score_county(county: Path, datasets: Sequence[str], ring: KeyRing) -> dict[str, Score]:
    """Link a sample county's agencies one after the other; one score a dataset, of its links to those before.

    Args:
        county: folder that `datalab sample make` wrote.
        datasets: in the order in which they arrive.
        ring: keys.
    """
    who: dict[tuple[str, str], int] = {}
    with (county / "truth" / "people.jsonl").open() as file:
        for person in map(json.loads, file):
            who |= {(name, str(key)): person["person"] for name, keys in person["keys"].items() for key in keys}
    spine: dict[str, Profile] = {}
    members: dict[str, set[int]] = {}
    scores: dict[str, Score] = {}
    for dataset in datasets:
        contract = read_contract(county / "contracts" / f"{dataset}.yaml")
        newcomers = people(contract, sorted(county.glob(f"{dataset}-*")), ring)
        links = link_in_memory(newcomers, spine.values())
        known = {person for persons in members.values() for person in persons}
        wrong = Counter(
            PASSES[match.place] for ref, match in links.items() if who[dataset, ref] not in members[match.spine_id]
        )
        scores[dataset] = Score(
            right=len(links) - wrong.total(),
            wrong=wrong.total(),
            possible=sum(who[dataset, newcomer.reference] in known for newcomer in newcomers),
            passes=Counter(PASSES[match.place] for match in links.values()),
            wrong_passes=wrong,
        )
        for newcomer in newcomers:
            ref = newcomer.reference
            spine_id = links[ref].spine_id if ref in links else f"{dataset}/{ref}"
            before = spine.get(spine_id, Profile(reference=spine_id, keys=frozenset(), identifiers=frozenset()))
            spine[spine_id] = replace(
                before, keys=before.keys | newcomer.keys, identifiers=before.identifiers | newcomer.identifiers
            )
            members.setdefault(spine_id, set()).add(who[dataset, ref])
    return scores


def _rows(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
        return rows
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text().splitlines()]
    text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [
        {name: cell or None for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text.decode(), newline=""))
    ]
