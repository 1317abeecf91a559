"""Trains the lab's own NER: `make model`."""

from __future__ import annotations

import argparse
import importlib.util
import os
from pathlib import Path
from random import Random
from typing import Any

import spacy
from example import Example, Name
from invented import invent
from learning import train
from natural import case_notes, judgments, renamed, tweets
from noise import noisy

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import name_lists
from anonymise.prose.model.package import LEAN, NOT_NEEDED
from anonymise.prose.model.reader import Reader, reader_of
from anonymise.prose.names.listed.listed import find_listed
from datalab.settings import Settings

STOCK = Settings.__dataclass_fields__["spacy_model"].default


def stock() -> Any:
    """Load the stock model."""
    spec = importlib.util.find_spec(STOCK)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The model package {STOCK} is not installed: `make model` installs it.")
    return spacy.load(Path(spec.origin).parent / "_model", exclude=list(NOT_NEEDED))


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    folder = Path(os.environ.get("DATALAB_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=folder, help="folder of the corpora")
    parser.add_argument("--to", type=Path, required=True, help="folder of the model")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--rate", type=float, default=0.0007)
    parser.add_argument("--invented", type=int, default=1500, help="invented texts a round")
    asked = parser.parse_args()
    if not (asked.data / "deid").is_dir():
        raise SystemExit(f"There are no corpora in {asked.data}: name their folder with DATALAB_TEST_DATA or --data.")
    teacher, model = stock(), stock()
    reader, lists = reader_of(teacher, LEAN), name_lists()

    def silver(text: str) -> list[Name]:
        found = [Name(start, end, label) for _, start, end, label in reader.read([text])]
        listed = [Name(one.start, one.end, "PERSON") for one in find_listed(text, lists) if one.entity is Entity.PERSON]
        return _apart([*(one for one in found if one.label == "PERSON"), *listed, *found])

    told, kept = tweets(asked.data)
    longer = [*judgments(asked.data, silver), *case_notes(asked.data, silver)]
    print(f"{len(told)} tweets, {len(longer)} pieces of judgments and notes; judged by {len(kept)} tweets", flush=True)

    def draw(rng: Random) -> list[Example]:
        texts = [*told, *(renamed(one, rng) for one in told), *(invent(rng) for _ in range(asked.invented))]
        texts += [renamed(one, rng) if rng.random() < 0.7 else one for one in rng.sample(longer, min(500, len(longer)))]
        return [noisy(one, rng) for one in texts]

    def judge(model: Any) -> str:
        return "; ".join(
            f"{style}: " + _figures(reader_of(model, LEAN), [Example(change(one.text), one.names) for one in kept])
            for style, change in (("as written", str), ("small", _small))
        )

    print(f"before: {judge(model)}", flush=True)
    asked.to.mkdir(parents=True, exist_ok=True)
    for told_of in train(model, draw, rounds=asked.rounds, seed=asked.seed, teacher=teacher, rate=asked.rate):
        print(f"{told_of}; {judge(model)}", flush=True)
        model.get_pipe("ner").to_disk(asked.to / "ner", exclude=["vocab"])


def _small(text: str) -> str:
    return "".join(new if len(new := letter.lower()) == 1 else letter for letter in text)


def _apart(names: list[Name]) -> list[Name]:
    """Return names without overlap, earlier ones of the list first, in order of place."""
    kept: list[Name] = []
    for name in names:
        if not any(one.start < name.end and name.start < one.end for one in kept):
            kept.append(name)
    return sorted(kept, key=lambda one: one.start)


def _figures(reader: Reader, examples: list[Example]) -> str:
    """Return the share of marked names whose every character is found, by kind, and the share of findings marked."""
    found: list[set[int]] = [set() for _ in examples]
    for number, start, end, label in reader.read([one.text for one in examples]):
        if label in LEAN:
            found[number] |= set(range(start, end))
    told = []
    for label in ("PERSON", "GPE", "ORG"):
        names = [(number, one) for number, text in enumerate(examples) for one in text.names if one.label == label]
        hit = sum(set(range(one.start, one.end)) <= found[number] for number, one in names)
        told.append(f"{label} {hit / max(1, len(names)):.3f}")
    marked = [{place for one in text.names for place in range(one.start, one.end)} for text in examples]
    right = sum(len(one & two) for one, two in zip(found, marked, strict=True))
    return " ".join(told) + f" precision {right / max(1, sum(map(len, found))):.3f}"


if __name__ == "__main__":
    main()
