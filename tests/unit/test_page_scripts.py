"""Scripts of a page say the door's word, however the page is written and cut into pieces."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from infra.enclave.door.page.rewritten import Rewritten
from infra.enclave.door.page.scripts import SaidScripts

SAYS = [
    (b"<script>", b"<script nonce=datalab >"),
    (b"<ScRiPt>", b"<ScRiPt nonce=datalab >"),
    (b"<script/x>", b"<script nonce=datalab /x>"),
    (b"<script/>", b"<script nonce=datalab />"),
    (b"<script\tsrc=a>", b"<script nonce=datalab \tsrc=a>"),
    (b"<script\nsrc=a>", b"<script nonce=datalab \nsrc=a>"),
    (b"<script\fsrc=a>", b"<script nonce=datalab \fsrc=a>"),
    (b"<script\rsrc=a>", b"<script nonce=datalab \rsrc=a>"),
    (b"<<script >", b"<<script nonce=datalab  >"),
    (b"<script<script>", b"<script<script nonce=datalab >"),
    (b"<script ><script >", b"<script nonce=datalab  ><script nonce=datalab  >"),
    (b"<svg><script href=a />", b"<svg><script nonce=datalab  href=a />"),
]
SAYS_NOT = [
    b"<scripts>",
    b"<script",
    b"</script>",
    b"< script>",
    b"<script\0>",
    b"&lt;script>",
    b"<script\xc2\xa0>",
    b"",
]
SIZES = [1, 2, 6, 7, 8, 9, 1000]


def _open() -> Rewritten:
    return Rewritten(said=True)


def _passed(page: bytes, size: int, by: Callable[[], SaidScripts | Rewritten] = SaidScripts) -> bytes:
    one = by()
    return b"".join([*(one.passed(page[at : at + size]) for at in range(0, len(page), size)), one.rest()])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("page", "said"), SAYS)
def test_a_script_says_the_word(page: bytes, said: bytes, size: int) -> None:
    """Wherever a browser reads a script's tag, the word stands in it, apart from what follows."""
    assert _passed(b"a" + page + b"b", size) == b"a" + said + b"b"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", SAYS_NOT)
def test_what_is_no_script_stays(page: bytes, size: int) -> None:
    """What a browser does not read as a script's tag passes as it came, to its last byte."""
    assert _passed(page, size) == page


def test_json_with_a_script_in_it_is_still_json() -> None:
    """A string in which a script's tag stands ends where it did."""
    page = json.dumps({"a": "<script>", "b": ['<script src="c">', "<script"]}).encode()

    assert [*json.loads(_passed(page, 3))] == ["a", "b"]


@pytest.mark.parametrize("size", SIZES)
def test_trees_and_scripts_are_both_rewritten(size: int) -> None:
    """Neither word hides the other, whichever way they are cut."""
    page = b"<script shadowrootmode></script><template ShadowRootMode=open><script>"

    assert _passed(page, size, _open) == (
        b"<script nonce=datalab  shadowrootnone></script><template shadowrootnone=open><script nonce=datalab >"
    )


def test_where_programs_of_outputs_are_closed_no_script_says_a_word() -> None:
    """A page of a lab whose operator opened nothing passes with its scripts as they came."""
    assert _passed(b"<script>a</script>", 5, Rewritten) == b"<script>a</script>"
