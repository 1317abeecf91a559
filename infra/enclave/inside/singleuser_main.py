"""Start JupyterLab on the socket that the supervisor listens on and this process inherited.

Runs inside the sandbox, by the lab's Python. The socket's path stands on the host only, so that nothing in here can
put another file in its place and have the host connect elsewhere.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

PATH = "/run/datalab/lab.sock"
"""A name for the log; nothing stands there."""

LOG = "/tmp/lab.log"  # noqa: S108 - the sandbox's own, of a size, gone with it
"""For the researcher alone: the host reads nothing that a sandbox prints."""


def inherited(*_: Any, **__: Any) -> socket.socket:  # noqa: ANN401 - in the place of a function of Jupyter's
    """Return the listening socket."""
    listener = socket.socket(fileno=int(os.environ["DATALAB_LISTEN_FD"]))
    listener.setblocking(False)  # noqa: FBT003 - the library's
    os.set_inheritable(listener.fileno(), False)  # noqa: FBT003 - kernels get none of it
    return listener


def main() -> None:
    """Start the server."""
    os.chdir(os.environ["HOME"])
    os.umask(0o077)
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    if "DATALAB_SPARK_GATEWAY" in os.environ:
        ahead = [sys.executable, "-I", "/opt/datalab/spark_ahead.py", str(os.getpid())]
        subprocess.Popen(ahead, stdin=subprocess.DEVNULL, cwd="/")  # noqa: S603 - it ends with the sandbox
    from jupyter_server import serverapp  # noqa: PLC0415 - nothing of Jupyter may load before the folder is right

    vars(serverapp).update(bind_unix_socket=inherited, unix_socket_in_use=lambda _: False)
    from jupyterhub.singleuser import main as serve  # noqa: PLC0415

    sys.argv = ["jupyterhub-singleuser", f"--ServerApp.sock={PATH}", *sys.argv[1:]]
    serve()


if __name__ == "__main__":
    main()
