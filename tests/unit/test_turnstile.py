"""Who is let through next: those of a low rank first, and of one key only so many wait."""

from __future__ import annotations

import threading
import time

import pytest

from datalab.signin.turnstile import TooManyAtOnceError, Turnstile


def test_a_lower_rank_goes_before_those_that_wait_already() -> None:
    """One at a time is let through; who comes late with a lower rank goes before all that wait."""
    turnstile, order, threads = Turnstile(most_waiting=9), [], []
    inside = most = 0

    def go(name: str, rank: int) -> None:
        nonlocal inside, most
        with turnstile.turn(name, rank=rank):
            inside += 1
            most = max(most, inside)
            order.append(name)
            inside -= 1

    with turnstile.turn("first", rank=2):
        for name, rank in (("wrong", 2), ("wrong", 2), ("right", 1), ("known", 0)):
            threads.append(threading.Thread(target=go, args=(name, rank)))
            threads[-1].start()
            time.sleep(0.05)
    for one in threads:
        one.join(5)

    assert order == ["known", "right", "wrong", "wrong"]
    assert most == 1


def test_only_so_many_of_one_key_wait() -> None:
    """One more than may is refused at once, and another key's is not; after a turn there is room again."""
    turnstile = Turnstile(most_waiting=1)
    with turnstile.turn("robin", rank=2), pytest.raises(TooManyAtOnceError), turnstile.turn("robin", rank=0):
        pass
    with turnstile.turn("robin", rank=2):
        pass
