"""A page as it passes the door: with open trees, without frames, and without what leads elsewhere by itself."""

from __future__ import annotations

from infra.enclave.door.page.exchange import Exchange
from infra.enclave.door.page.frames import ClosedFrames
from infra.enclave.door.page.scripts import SaidScripts
from infra.enclave.door.page.still import StillPage
from infra.enclave.door.page.trees import OpenTrees


class Rewritten:
    """A page that passes piece by piece."""

    def __init__(self, *, said: bool = False) -> None:
        """Begin a page.

        Args:
            said: its scripts say the door's word, where programs of outputs are open.
        """
        self._by: tuple[Exchange, ...] = (OpenTrees(), ClosedFrames(), StillPage(), *((SaidScripts(),) if said else ()))

    def passed(self, piece: bytes) -> bytes:
        """Return what may pass of all pieces so far."""
        for one in self._by:
            piece = one.passed(piece)
        return piece

    def rest(self) -> bytes:
        """Return what waits, once no more comes."""
        left = b""
        for one in self._by:
            left = one.passed(left) + one.rest()
        return left
