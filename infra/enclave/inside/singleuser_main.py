"""Start JupyterLab: on the socket that the supervisor listens on and this process inherited, or at a pod's port.

Runs inside the sandbox, by the lab's Python. The socket's path stands on the host only, so that nothing in here can
put another file in its place and have the host connect elsewhere. A pod has no supervisor: there the server listens
where JUPYTERHUB_SERVICE_URL says, and proves itself at its gate.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
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


def prove(file: Path) -> None:
    """Have each call of the hub carry the secret by which the gate knows this lab."""
    from jupyterhub.httpclient import JupyterHubHTTPClient  # noqa: PLC0415 - as below

    headers = {"X-Datalab-Lab": file.read_text().strip()}
    JupyterHubHTTPClient._session_options_default = lambda _: {"headers": headers}  # noqa: SLF001 - traitlets' own way


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

    where = []
    if "DATALAB_LISTEN_FD" in os.environ:
        vars(serverapp).update(bind_unix_socket=inherited, unix_socket_in_use=lambda _: False)
        where = [f"--ServerApp.sock={PATH}"]
    from jupyterhub.singleuser import main as serve  # noqa: PLC0415

    if "DATALAB_GATE_SECRET" in os.environ:
        prove(Path(os.environ["DATALAB_GATE_SECRET"]))
    sys.argv = ["jupyterhub-singleuser", *where, *sys.argv[1:]]
    serve()


if __name__ == "__main__":
    main()
