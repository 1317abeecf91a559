"""Names of servers at the hub, made of projects' ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.slugs import is_valid_safe_slug

from datalab.governance.application import PROJECT_ID
from datalab.governance.server import project_of, server_name

LONGEST = 30
"""Letters of a server's name."""


WORDS = st.lists(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), min_size=1, max_size=4)
IDS = WORDS.map(lambda words: "p" + "_".join(words)).filter(lambda name: len(name) <= LONGEST)


@given(IDS)
def test_the_hub_takes_the_name_of_every_project(project: str) -> None:
    """Whatever id a project may have, the hub runs a server of that name, and it is that project's alone."""
    assert PROJECT_ID.fullmatch(project)
    assert is_valid_safe_slug(server_name(project))
    assert project_of(server_name(project)) == project


@pytest.mark.parametrize("project", ["a__b", "a_", "_a", "1a", "a-b", "A", "", "a" * 31, "a\n"])
def test_an_id_that_the_hub_could_not_name_is_none(project: str) -> None:
    """An id of which the hub makes no server is refused before there is a project of it."""
    assert not PROJECT_ID.fullmatch(project)
