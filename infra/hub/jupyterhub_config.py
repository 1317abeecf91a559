"""What JupyterHub reads at its start: `jupyterhub -f infra/hub/jupyterhub_config.py`, started by `datalab up`."""

from __future__ import annotations

import os

from datalab.settings import read_settings
from infra.hub.configuration import configure
from infra.hub.ports import Ports

configure(
    get_config(),
    read_settings({"DATALAB_HOME": os.environ["DATALAB_HOME"]}),
    Ports.from_text(os.environ["DATALAB_PORTS"]),
)  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there
