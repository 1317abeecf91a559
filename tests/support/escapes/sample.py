"""A few attempts of each group, and the same without their walls, as an ordinary user: prints what became of them.

python -m escapes.sample        so that a machine whose tests run as root tries the suite as others will
"""

from __future__ import annotations

import json
import os
import sys

from escapes import ATTEMPTS
from escapes.attempt import Attempt
from escapes.machine import holds
from escapes.trial import trial

EVERY = 12
WALLS = (("network",), ("mounts",), ("processes",), ("calls",))
"""Of the controls that are run; each starts a sandbox."""


def main() -> None:
    """Try them."""
    chosen = [one for one in ATTEMPTS[::EVERY] if not (one.open_where and holds(one.open_where))]
    controls = {walls: [one for one in ATTEMPTS if one.without == walls and _has_control(one)][:4] for walls in WALLS}
    with trial("rootless") as one:
        refused = one.run(chosen)
        opened = {}
        for walls, attempts in controls.items():
            opened |= one.run(attempts, walls)
    told = {
        "user": os.geteuid(),
        "refused": {name: outcome.detail for name, outcome in refused.items() if not outcome.through},
        "through": sorted(name for name, outcome in refused.items() if outcome.through),
        "controls": {name: outcome.through for name, outcome in opened.items()},
    }
    json.dump(told, sys.stdout)


def _has_control(attempt: Attempt) -> bool:
    return not attempt.root_only and holds(attempt.needs)


if __name__ == "__main__":
    main()
