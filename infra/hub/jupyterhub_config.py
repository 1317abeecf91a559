"""What JupyterHub reads at its start: `jupyterhub -f infra/hub/jupyterhub_config.py`, started by `datalab up`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from datalab.settings import read_settings
from infra.hub.configuration import configure
from infra.hub.ports import Ports

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there
configure(c, read_settings(os.environ, Path(os.environ["DATALAB_HOME"])), Ports.from_text(os.environ["LAB_PORTS"]))
