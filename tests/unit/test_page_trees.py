"""A page's word for a closed tree does not pass, however the page is cut into pieces."""

from __future__ import annotations

import pytest

from infra.enclave.door.page.trees import OpenTrees

PAGE = b"<p>one</p><template ShadowRootMode=closed><iframe></iframe></template><p>shadowrootmod</p>"


@pytest.mark.parametrize("size", [1, 2, 7, 13, 14, 15, 1000])
def test_the_word_does_not_pass_in_pieces_of_any_size(size: int) -> None:
    """The word is exchanged, whatever its letters and wherever it is cut; the rest of the page stays as it was."""
    trees = OpenTrees()
    pieces = [trees.passed(PAGE[at : at + size]) for at in range(0, len(PAGE), size)]

    assert b"".join([*pieces, trees.rest()]) == PAGE.replace(b"ShadowRootMode", b"shadowrootnone")
