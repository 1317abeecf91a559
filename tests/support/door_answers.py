"""Real answers at the door of a real release service: when they came, how large their noise was, of how many rows.

Desk, ledger, embedded engine, OpenDP and service are those that answer in a lab; clients of a sandbox's door ask, many
at once, over the unix socket. No two questions of a lab are the same, so each is computed. Several doors, each with a
desk and a lab of its own in a process of its own, answer in less time: one process computes on one core.
"""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from desk_lab import DeskLab, build, question
from release_service import door_client, serving

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.privacy.plan import Cells, Engine, Noise, Plan, Price
from datalab.privacy.table import TableRef
from datalab.query.document import question_to_document
from datalab.query.model import Question
from datalab.release.request import RequestState
from datalab.release.slot import Slots
from datalab.release.step import Step

ROWS = 1_800
"""Of the view; each is a person's only one, so that no bound leaves one out and the truth is known."""
THRESHOLDS = 600
"""Different questions: those of rows with at least so many minutes."""
A_LAB = 80
"""Questions of one lab: the desk reads the whole log before each, which takes longer the more were asked."""
PACE = 0.2
"""Seconds between two questions of a door that leave its process time: an answer takes some .13 of a core, and waiting
for each other would drown what times could tell."""
RHO = Fraction(1, 100)
"""Of a question: noise of standard deviation 7.1."""


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """One answer, as its client and the lab saw it."""

    seconds: float
    """From the question's leaving to the reply, at the client."""
    slot: int
    """Which slot it came at: 0 is the first."""
    kept: float
    """Seconds from the work's beginning until the moment that the desk kept it for; 0 where it kept it for none."""
    noise: int
    """How far the figure is from the truth."""
    rows: int
    """How many rows the truth is."""

    @property
    def both(self) -> float:
        """What `told_by` makes work tell: 0 to 1 for noise and 0 to 1 for rows."""
        return evenly(self.noise) + self.rows / ROWS


def evenly(noise: float) -> float:
    """Return the chance of smaller noise than that: evenly spread from 0 to 1."""
    return math.erf(noise * math.sqrt(RHO))


@dataclass(frozen=True, slots=True)
class RowsTakeLonger:
    """The real engine, made slower by rows (port `Engine`)."""

    engine: Engine[TableRef]
    seconds: float
    """That all rows of the view take more than none."""

    def cells(self, plan: Plan, tables: Mapping[str, TableRef]) -> Cells:
        """Compute, and take longer for more rows."""
        found = self.engine.cells(plan, tables)
        time.sleep(self.seconds * sum(map(sum, found.vectors.values())) / ROWS)
        return found

    def counts(self, plan: Plan, tables: Mapping[str, TableRef]) -> Mapping[str, int]:
        """Count."""
        return self.engine.counts(plan, tables)


@dataclass(frozen=True, slots=True)
class NoiseTakesLonger:
    """OpenDP, made slower by large noise, as a rejection sampler is (port `Noise`)."""

    noise: Noise
    seconds: float
    """That the largest noise takes more than none."""

    def price(self, plan: Plan) -> Price:
        """Return the price."""
        return self.noise.price(plan)

    def draw(self, plan: Plan, cells: Cells) -> Cells:
        """Draw, and take longer for larger noise."""
        noisy = self.noise.draw(plan, cells)
        ((name, vector),) = noisy.vectors.items()
        time.sleep(self.seconds * evenly(abs(vector[0] - cells.vectors[name][0])))
        return noisy

    def discover(self, plan: Plan, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Find out values."""
        return self.noise.discover(plan, counts)

    def epsilon(self, cost: object, delta: Fraction) -> float:
        """Return the epsilon."""
        return self.noise.epsilon(cost, delta)  # type: ignore[arg-type]  # passed on


@dataclass(frozen=True)
class Watch:
    """Notes at which slot each request was answered: a desk answers a request in one thread."""

    first: float
    slots: dict[str, int] = field(default_factory=dict)
    kept: dict[str, float] = field(default_factory=dict)
    here: threading.local = field(default_factory=threading.local)

    def new_id(self) -> str:
        """Name a request."""
        self.here.id = f"r{random.SystemRandom().getrandbits(64):016x}"
        return self.here.id  # type: ignore[no-any-return]

    def step(self, step: Step) -> None:
        """Hear of a step: work begins when the budget is reserved."""
        if step is Step.RESERVED:
            self.here.began = time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep; whoever sleeps last before an answer sleeps until its slot."""
        until = time.monotonic() + seconds - self.here.began
        self.kept[self.here.id] = until
        self.slots[self.here.id] = round(math.log2(max(until, self.first) / self.first))
        time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one lab is asked, and how."""

    folder: Path
    thresholds: tuple[int, ...]
    slot: float
    clients: int
    pace: float
    told_by: float


def door_answers(
    folder: Path, answers: int, *, slot: float, clients: int, pace: float, told_by: float = 0, doors: int = 1
) -> Iterator[DoorAnswer]:
    """Ask so many questions and yield their answers, lab by lab.

    Args:
        folder: an empty one, with a short path: sockets lie in it.
        answers: how many.
        slot: seconds until the first slot; 0 for none.
        clients: how many ask at the same time, at most, of a door.
        pace: seconds from one question's leaving to the next one's, at least, at a door.
        told_by: seconds by which work is made to tell of rows, and again of noise; 0 leaves it as it is.
        doors: how many labs are asked beside each other; more than one are asked in processes of their own.
    """
    dice = random.Random(20261124)
    labs = [
        Asked(
            folder=folder / f"l{number}",
            thresholds=tuple(dice.sample(range(THRESHOLDS), min(A_LAB, answers - number * A_LAB))),
            slot=slot,
            clients=clients,
            pace=pace,
            told_by=told_by,
        )
        for number in range(math.ceil(answers / A_LAB))
    ]
    if doors == 1:
        for lab in labs:
            yield from one_lab(lab)
        return
    with ProcessPoolExecutor(doors, mp_context=get_context("spawn")) as processes:
        for answered in processes.map(one_lab, labs):
            yield from answered


def one_lab(asked: Asked) -> list[DoorAnswer]:
    """Build a lab, serve its door, ask it, and return its answers."""
    lab = build(asked.folder)
    _write_view(lab.folder)
    scratch = asked.folder / "scratch"
    scratch.mkdir()
    engine: Engine[TableRef] = EmbeddedEngine(scratch=scratch)
    noise: Noise = OpenDPNoise()
    if asked.told_by:
        engine, noise = RowsTakeLonger(engine, asked.told_by), NoiseTakesLonger(noise, asked.told_by)
    watch = Watch(asked.slot)
    desk = replace(
        lab.desk,
        engine=engine,
        noise=noise,
        slots=Slots(first=asked.slot, sleep=watch.sleep),
        new_id=watch.new_id,
        observer=watch.step,
    )
    return list(_answered(replace(lab, desk=desk), watch, asked))


def _answered(lab: DeskLab, watch: Watch, asked: Asked) -> Iterator[DoorAnswer]:
    thresholds = asked.thresholds
    with serving(lab.desk, lab.folder / "run") as socket, ThreadPoolExecutor(asked.clients) as threads:
        client = door_client(socket, "ann", "safer")
        opened = time.monotonic()

        def ask(place: int, threshold: int) -> tuple[str, float]:
            document = json.dumps(question_to_document(at_least(threshold))).encode()
            time.sleep(max(0.0, opened + asked.pace * place - time.monotonic()))
            began = time.perf_counter()
            reply = client.submit("safer", document)
            return reply["id"], time.perf_counter() - began

        times = list(threads.map(ask, range(len(thresholds)), thresholds))
    with lab.release.read() as tx:
        stored = {one.id: one for one in tx.requests.requests(state=RequestState.ANSWERED)}
    assert len(stored) == len(thresholds), "each question was answered, and by itself"
    for threshold, (name, seconds) in zip(thresholds, times, strict=True):
        answer = stored[name].answer
        assert answer is not None
        ((figure, *_),) = answer["cells"][0]["estimates"]
        rows = ROWS - threshold * ROWS // THRESHOLDS
        yield DoorAnswer(seconds, watch.slots.get(name, 0), watch.kept.get(name, 0), abs(figure - rows), rows)


def at_least(threshold: int) -> Question:
    """Return the question how many rows have at least so many minutes."""
    one = question(threshold, rho=RHO)
    return replace(one, query=replace(one.query, group_by=()), rows_per_unit=1, rows_per_cell=1)


def _write_view(folder: Path) -> None:
    view = folder / "views" / "safer" / "incidents" / "v0001"
    view.mkdir(parents=True)
    columns = {
        "unit_id": [f"{number:032x}" for number in range(ROWS)],
        "area": ["north"] * ROWS,
        "minutes": pa.array([number % THRESHOLDS for number in range(ROWS)], pa.int64()),
    }
    pq.write_table(pa.table(columns), view / "part-00000-x_00000.c000.parquet")
