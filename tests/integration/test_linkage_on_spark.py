"""Linkage on Spark: the same links as the rules in memory, generation after generation."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from anonymise.linkage.spine import FIRST_SEEN, PASSES, LinkageReport, Profile, gather, link_in_memory
from anonymise.spark.edges import AT_ONCE
from anonymise.spark.linkage import link
from anonymise.spark.spine_files import read_links, read_spine
from datalab.errors import StateError

pytestmark = pytest.mark.spark
KEYS = tuple(f"mk_{PASSES[place]}" for place in (0, 1, 8, 9))
"""Two keys with an identifier and two without."""
NAMES = (*KEYS, "id_nhs_number", "id_upn")
Row = tuple[str, Sequence[bytes | None]]


def frame(spark: SparkSession, rows: Iterable[Row], folder: Path) -> DataFrame:
    """Hashed rows of an extract, with a column that is none of linkage's business."""
    columns: list[list[object]] = [[] for _ in range(len(NAMES) + 1)]
    for unit_ref, hashes in rows:
        for column, value in zip(columns, (unit_ref, *hashes), strict=True):
            column.append(value)
    types = [pa.string(), *[pa.binary()] * len(NAMES)]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    table = pa.table(dict(zip(("unit_ref", *NAMES), arrays, strict=True)))
    file = folder / f"{uuid4().hex}.parquet"
    pq.write_table(table.append_column("offence", pa.array(["a"] * table.num_rows, pa.string())), file)
    return spark.read.parquet(str(file))


def hashes(**known: str) -> list[bytes | None]:
    """One row's hashes by column; what is not named is missing."""
    short = {"nhs_dob": KEYS[0], "upn_dob": KEYS[1], "names_postcode": KEYS[2], "names": KEYS[3]}
    given = {short.get(name, name): value.encode() for name, value in known.items()}
    return [given.get(name) for name in NAMES]


def links_of(spark: SparkSession, generation: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Spine id and pass, by key space and reference."""
    rows = read_links(spark, generation).collect()
    links = {(row["key_space"], row["unit_ref"]): (row["spine_id"], row["pass"]) for row in rows}
    assert len(links) == len(rows)
    return links


def crowded_world(chance: random.Random, world: int) -> tuple[list[Row], list[Row]]:
    """Two small registers whose few values get in each other's way, and in no other world's."""
    sides: list[list[Row]] = []
    for side in ("s", "u"):
        rows: list[Row] = []
        for number in range(chance.randint(1, 6)):
            for _ in range(chance.choice((1, 1, 2, 3))):
                values = [
                    None if chance.random() < missing else b"%d.%d" % (world, chance.randrange(9))
                    for missing in (0.4, 0.4, 0.4, 0.4, 0.7, 0.7)
                ]
                rows.append((f"{side}{world}.{number}", values))
        sides.append(rows)
    return sides[0], sides[1]


def profiles(rows: Sequence[Row]) -> list[Profile]:
    """The same rows for the rules in memory."""
    return gather([ref for ref, _ in rows], NAMES, zip(*(values for _, values in rows), strict=True))


@pytest.mark.parametrize("at_once", [0, AT_ONCE], ids=["plain pairs set apart", "all in one task"])
def test_spark_links_as_the_rules_do(spark: SparkSession, tmp_path: Path, at_once: int) -> None:
    """Three hundred crowded worlds, both ways of running: every link, pass and refusal is the one of the rules."""
    chance = random.Random(20261123)
    worlds = [crowded_world(chance, world) for world in range(300)]
    expected: dict[str, tuple[str, str]] = {}
    for spine, newcomers in worlds:
        found = link_in_memory(profiles(newcomers), profiles(spine))
        expected |= {ref: (match.spine_id, PASSES[match.place]) for ref, match in found.items()}

    first = frame(spark, (row for spine, _ in worlds for row in spine), tmp_path)
    link(spark, first, key_space="a", generation=1, previous=None, out=tmp_path / "g1")
    second = frame(spark, (row for _, newcomers in worlds for row in newcomers), tmp_path)
    report = link(
        spark, second, key_space="b", generation=2, previous=tmp_path / "g1", out=tmp_path / "g2", at_once=at_once
    )

    links = links_of(spark, tmp_path / "g2")
    owner = {spine_id: ref for (space, ref), (spine_id, _) in links.items() if space == "a"}
    linked = {
        ref: (owner[spine_id], way)
        for (space, ref), (spine_id, way) in links.items()
        if space == "b" and spine_id in owner
    }
    assert len(expected) > 200
    assert report.conflicts > 20
    assert linked == expected
    assert report.newcomers == len({ref for _, newcomers in worlds for ref, _ in newcomers})
    assert report.newcomers == sum(report.links.values()) + report.new_persons
    assert report.links == {name: [way for _, way in expected.values()].count(name) for name in report.links}
    assert report.persons == len({spine_id for spine_id, _ in links.values()})


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[int, LinkageReport]]:
    """Four generations: police, school, school again with news, and a hospital that knows what the news were."""
    home = tmp_path_factory.mktemp("linkage")
    extracts: list[tuple[str, list[Row]]] = [
        (
            "police",
            [
                ("p1", hashes(names="ann", names_postcode="ann here", id_nhs_number="1")),
                ("p2", hashes(names="bob")),
                ("p3", hashes(names="cat", id_nhs_number="3")),
                ("p4", hashes()),
            ],
        ),
        (
            "school",
            [
                ("s1", hashes(names="ann", upn_dob="upn ann", id_upn="7")),
                ("s3", hashes(names="cat", id_nhs_number="4")),
                ("s4", hashes()),
            ],
        ),
        (
            "school",
            [
                ("s1", hashes(names="ann", names_postcode="ann moved")),
                ("s2", hashes(names="bob", upn_dob="upn bob")),
                ("s3", hashes(names_postcode="cat moved", id_nhs_number="5")),
                ("s5", hashes(names="ann")),
            ],
        ),
        (
            "hospital",
            [
                ("h1", hashes(names_postcode="ann moved")),
                ("h2", hashes(upn_dob="upn bob")),
                ("h3", hashes(names_postcode="cat moved")),
            ],
        ),
    ]
    reports: dict[int, LinkageReport] = {}
    for number, (space, rows) in enumerate(extracts, start=1):
        previous = home / f"g{number - 1}" if number > 1 else None
        reports[number] = link(
            spark,
            frame(spark, rows, home),
            key_space=space,
            generation=number,
            previous=previous,
            out=home / f"g{number}",
        )
    return home, reports


def test_the_first_extract_makes_everybody_a_person(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """Each reference is a person of their own, with or without keys."""
    home, reports = story
    links = links_of(spark, home / "g1")

    assert (reports[1].newcomers, reports[1].new_persons, reports[1].persons) == (4, 4, 4)
    assert {way for _, way in links.values()} == {FIRST_SEEN}
    assert all(len(bytes.fromhex(spine_id)) == 16 for spine_id, _ in links.values())


def test_links_are_recorded_with_their_pass_and_generation(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """A link says what it rests on and when it was made."""
    home, reports = story
    rows = {row["unit_ref"]: row for row in read_links(spark, home / "g4").collect()}

    assert rows["s1"]["spine_id"] == rows["p1"]["spine_id"]
    assert (rows["s1"]["pass"], rows["s1"]["generation"]) == ("names_dob", 2)
    assert reports[2].links == {"names_dob": 1}


def test_another_valid_number_refuses_a_link(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """Same name and birthday, another NHS number: two people, and the refusal is counted."""
    home, reports = story
    links = links_of(spark, home / "g4")

    assert links["school", "s3"][0] != links["police", "p3"][0]
    assert reports[2].conflicts == 1


def test_earlier_links_are_kept(spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]) -> None:
    """Every generation holds every link of the one before, unchanged."""
    home, _ = story
    generations = [links_of(spark, home / f"g{number}") for number in (1, 2, 3, 4)]

    for before, after in pairwise(generations):
        assert before.items() <= after.items()


def test_somebody_known_keeps_their_person_and_teaches_their_news(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """A pupil who moved is found by the hospital at the new address."""
    home, reports = story
    links = links_of(spark, home / "g4")

    assert reports[3].known == 2
    assert links["hospital", "h1"] == (links["police", "p1"][0], "names_dob_postcode")
    assert links["hospital", "h2"] == (links["police", "p2"][0], "upn_dob")


def test_a_contradiction_is_counted_and_teaches_nothing(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """A known pupil with another valid number keeps the link; what came with that number is not learnt."""
    home, reports = story
    links = links_of(spark, home / "g4")
    numbers = read_spine(spark, home / "g4").hashes.where("name = 'id_nhs_number'").collect()

    assert reports[3].contradictions == 1
    assert links["hospital", "h3"][1] == FIRST_SEEN
    assert sorted(bytes(row["hash"]) for row in numbers) == [b"1", b"3", b"4"]


def test_an_agency_s_two_keys_are_two_people(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """Somebody whom the school has linked already is in no pool for another pupil of that school."""
    home, _ = story
    links = links_of(spark, home / "g4")

    assert links["school", "s5"][0] not in {spine_id for key, (spine_id, _) in links.items() if key != ("school", "s5")}


def test_a_generation_is_never_written_twice(
    spark: SparkSession, story: tuple[Path, Mapping[int, LinkageReport]]
) -> None:
    """A folder that has its name is complete, and stays as it is."""
    home, _ = story

    with pytest.raises(StateError, match="exists already"):
        link(spark, frame(spark, [], home), key_space="x", generation=4, previous=home / "g3", out=home / "g4")


def test_what_a_killed_attempt_left_is_replaced(spark: SparkSession, tmp_path: Path) -> None:
    """Rubbish in the folder aside is not in the generation, and nothing is left aside."""
    aside = tmp_path / ".g1.aside" / "links"
    aside.mkdir(parents=True)
    (aside / "part-0.parquet").write_text("half a file")

    report = link(
        spark,
        frame(spark, [("p1", hashes())], tmp_path),
        key_space="p",
        generation=1,
        previous=None,
        out=tmp_path / "g1",
    )

    assert report.persons == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["g1"]
    assert len(links_of(spark, tmp_path / "g1")) == 1


def test_rows_without_a_reference_are_nobody(spark: SparkSession, tmp_path: Path) -> None:
    """A row without a person key belongs to no person; spine ids are drawn anew in every lab."""
    rows: list[Row] = [("p1", hashes(names="ann")), (None, hashes(names="bob"))]  # type: ignore[list-item]  # as it comes
    ids = []
    for lab in ("one", "two"):
        out = tmp_path / lab
        assert (
            link(spark, frame(spark, rows, tmp_path), key_space="p", generation=1, previous=None, out=out).persons == 1
        )
        ids.append(links_of(spark, out)["p", "p1"][0])

    assert ids[0] != ids[1]


def test_nothing_is_left_in_memory(spark: SparkSession, tmp_path: Path) -> None:
    """What linking kept for its own steps is given back."""
    before = spark.sparkContext._jsc.getPersistentRDDs().size()

    link(
        spark,
        frame(spark, [("p1", hashes())], tmp_path),
        key_space="p",
        generation=1,
        previous=None,
        out=tmp_path / "g1",
    )

    assert spark.sparkContext._jsc.getPersistentRDDs().size() == before
