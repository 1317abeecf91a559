"""What every sandbox finds inside: the lab's Python, its packages, the policy of JupyterLab, Spark's settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.enclave.spark import spark_defaults
from infra.enclave.specification import Limits
from infra.enclave.walls import GATE, HOME

INSIDE = Path(__file__).parent / "inside"
REPOSITORY = Path(__file__).parents[2]
LIBRARY = "/opt/datalab/library"
"""Where the packages lie that notebooks import."""
PACKAGES = ("datalab", "notebooks")
ADDED = "/opt/datalab/packages"
"""Where the packages lie that the project added (`datalab packages lock`)."""
SPARK = "/etc/datalab/spark"
DOOR = "http+unix://%2Frun%2Fdatalab%2Fgate.sock"
"""The gate, as JupyterHub writes the address of a unix socket."""
PORT = 8888
"""A name only: Jupyter's default port, or it takes `--port` and `--sock` for a contradiction."""


def interior_mounts(folder: Path, limits: Limits) -> tuple[tuple[str, str], ...]:
    """Write what depends on the limits to a folder, and return what is mounted read-only: host's path, sandbox's."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    defaults = folder / "spark-defaults.conf"
    defaults.write_text(spark_defaults(limits))
    defaults.chmod(0o644)
    pythons = {str(Path(one)) for one in (sys.prefix, sys.base_prefix) if not one.startswith("/usr")}
    return (
        *sorted((one, one) for one in pythons),
        *((str(REPOSITORY / one), f"{LIBRARY}/{one}") for one in PACKAGES),
        (str(INSIDE / "jupyter"), "/etc/jupyter"),
        (str(INSIDE / "ipython"), "/etc/ipython"),
        (str(INSIDE / "sitecustomize.py"), f"{LIBRARY}/sitecustomize.py"),
        (str(INSIDE / "singleuser_main.py"), "/opt/datalab/singleuser_main.py"),
        (str(INSIDE / "spark_ahead.py"), "/opt/datalab/spark_ahead.py"),
        (str(INSIDE / "tell_notices.py"), "/opt/datalab/tell_notices.py"),
        (str(folder), SPARK),
    )


def lab_command(*arguments: str) -> tuple[str, ...]:
    """Return the command that starts JupyterLab in a sandbox."""
    return (sys.executable, "-I", "/opt/datalab/singleuser_main.py", *arguments)


def lab_environment(
    hub: Mapping[str, str], *, user: str, project: str, prefix: str, spark_ahead: bool = False
) -> dict[str, str]:
    """Return a sandbox's whole environment.

    Args:
        hub: what JupyterHub gives a server; only names that begin with JUPYTERHUB_ pass.
        user: the person's name as the hub writes it in addresses.
        project: the project's name.
        prefix: the path under which the lab is shown.
        spark_ahead: whether Spark is started with the lab, and not by the first notebook that asks.
    """
    passed = {name: value for name, value in hub.items() if name.startswith("JUPYTERHUB_") and "SSL" not in name}
    ahead = {"DATALAB_SPARK_GATEWAY": "/tmp/datalab-spark/gateway"} if spark_ahead else {}  # noqa: S108 - as TMPDIR
    return (
        passed
        | ahead
        | {
            "JUPYTERHUB_API_URL": f"{DOOR}/hub/api",
            "JUPYTERHUB_ACTIVITY_URL": f"{DOOR}/hub/api/users/{user}/activity",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{PORT}{prefix}",
            "JUPYTERHUB_DISABLE_USER_CONFIG": "1",
            "JUPYTERHUB_ROOT_DIR": HOME,
            "HOME": HOME,
            "USER": "researcher",
            "LOGNAME": "researcher",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": LIBRARY,  # and, behind all others, ADDED (inside/sitecustomize.py)
            "PYTHONNOUSERSITE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYSPARK_PYTHON": sys.executable,
            # Not SPARK_CONF_DIR: a folder on Java's path keeps it from using the archive of classes.
            "PYSPARK_SUBMIT_ARGS": f"--properties-file {SPARK}/spark-defaults.conf pyspark-shell",
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "localhost",
            "SPARK_LOCAL_DIRS": "/tmp/spark",  # noqa: S108
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # noqa: S108
            "JUPYTER_PREFER_ENV_PATH": "1",
            "DATALAB_GATE": GATE,
            "DATALAB_PROJECT": project,
            "DATALAB_DATA": "/data",
        }
    )
