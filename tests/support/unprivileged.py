"""Run a command as a user without privileges, where a test itself runs as root.

The user cannot reach what lies below a folder that is root's alone, such as a Python in root's home. In a mount
namespace of the command's own, such a folder is replaced by one that can be entered and holds what is needed.

    PYTHONPATH=tests/support python -m unprivileged COMMAND...        (`make test-rootless`)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NOBODY = 65534
REPOSITORY = Path(__file__).parents[2]
ENTER = """
set -eu
echo 0 > /proc/self/oom_score_adj  # root's word is the least that a user can go to, as in a session of one's own
kept=$(mktemp -d /tmp/kept-XXXXXX)
index=0
for path in $NEEDED; do mkdir "$kept/$index"; mount --bind "$path" "$kept/$index"; index=$((index+1)); done
for closed in $CLOSED; do mount -t tmpfs -o mode=755 tmpfs "$closed"; done
index=0
for path in $NEEDED; do
  mkdir -p "$path"; mount --bind "$kept/$index" "$path"
  umount "$kept/$index"; rmdir "$kept/$index"; index=$((index+1))
done
rmdir "$kept"
exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
"""


def unprivileged(command: list[str]) -> list[str]:
    """Return a command that runs another as nobody; the command itself where we have no privilege to drop."""
    if os.geteuid() != 0:
        return command
    closed: dict[str, list[str]] = {}
    for needed in sorted({sys.prefix, sys.base_prefix, str(REPOSITORY)}):
        above = [one for one in Path(needed).parents if not one.stat().st_mode & 0o001]
        if above:
            closed.setdefault(str(above[-1]), []).append(needed)
    variables = [f"CLOSED={' '.join(closed)}", f"NEEDED={' '.join(one for paths in closed.values() for one in paths)}"]
    return ["env", *variables, "unshare", "--mount", "--propagation", "private", "bash", "-c", ENTER, "enter", *command]


def why_not_rootless() -> str:
    """Return why no sandbox can be built without root here, or nothing."""
    tried = subprocess.run(
        unprivileged(["bwrap", "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", "true"]),
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        "" if tried.returncode == 0 else f"Unprivileged user namespaces are closed here: {tried.stderr.strip()[:200]}"
    )


if __name__ == "__main__":
    home = tempfile.mkdtemp(prefix="dl-")
    Path(home).chmod(0o777)
    try:
        kept = {**os.environ, "HOME": home, "XDG_CACHE_HOME": home, "PYTHONDONTWRITEBYTECODE": "1"}
        sys.exit(subprocess.run(unprivileged(sys.argv[1:]), env=kept, check=False).returncode)
    finally:
        shutil.rmtree(home, ignore_errors=True)
