"""The guard before a page is one script, whatever the lab's path is written with."""

from __future__ import annotations

from infra.enclave.door.page.guard import guard_before


def test_a_path_does_not_end_the_guard() -> None:
    """A path with the end of a script in it is told to the guard, and the guard does not end there."""
    written = guard_before("/user/</script><script>/")

    assert written.count(b"</script>") == 1
    assert written.lower().count(b"<script") == 1
    assert written.endswith(b"</script>\n")
