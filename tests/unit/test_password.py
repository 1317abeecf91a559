"""Passwords where several people sign in at once."""

from __future__ import annotations

import subprocess
import sys

AT_ONCE = """
import threading
from datalab.signin.password import hashed, matches

stored = hashed("marble kettle drifting north")
fits = []
people = [threading.Thread(target=lambda: fits.append(matches("marble kettle drifting north", stored))) for _ in "1234"]
for one in people:
    one.start()
for one in people:
    one.join()
print(fits)
"""


def test_people_who_sign_in_at_the_same_moment_do_not_wait_for_each_other_for_ever() -> None:
    """Four passwords checked at once, at full cost, are all answered: OpenSSL's lanes alone would never come back."""
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=120, check=False
    )  # a process of its own, for threads that hang cannot be ended
    assert done.stdout.strip() == str([True] * 4), done.stderr[-500:]
