"""Where a worker of Spark's spills: in its executor's own folder, and not for longer than the task.

Spark kills the workers of a question of which one task failed, before they can clear up: the next task on the machine
does it for them, and Spark removes all of the folder with its session.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "embedded-"


@contextmanager
def spill_folder(root: Path) -> Iterator[Path]:
    """Give a task an empty folder of its own, and remove it afterwards; those of processes that are gone, too.

    Args:
        root: folder in which it lies.
    """
    for left in root.glob(f"{_PREFIX}*"):
        if not _lives(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
