"""A page as it passes the door: with open trees, and with scripts that say the door's word."""

from __future__ import annotations

from infra.enclave.door.page.scripts import SaidScripts
from infra.enclave.door.page.trees import OpenTrees


class Rewritten:
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        self._trees, self._scripts = OpenTrees(), SaidScripts()

    def passed(self, piece: bytes) -> bytes:
        """Return what may pass of all pieces so far."""
        return self._scripts.passed(self._trees.passed(piece))

    def rest(self) -> bytes:
        """Return what waits, once no more comes."""
        return self._scripts.passed(self._trees.rest()) + self._scripts.rest()
