# ruff: noqa: INP001 - a file of settings, in no package
"""The lab's own policy for Jupyter's server: a courtesy to researchers, for what counts is held at the door."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter gives it

c.ServerApp.terminals_enabled = False
c.ServerApp.jpserver_extensions = {
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "notebook": False,
    "notebook_shim": False,
    "jupyterlab": True,
}
c.ServerApp.default_services = (
    *("api", "auth", "config", "contents", "events"),
    *("kernels", "kernelspecs", "security", "sessions"),
)  # without files, nbconvert, view and shutdown
c.ServerApp.allow_root = False
c.ContentsManager.allow_hidden = False
c.ContentsManager.files_handler_class = "jupyter_server.base.handlers.APIHandler"  # answers 405
c.FileContentsManager.delete_to_trash = False
c.FileContentsManager.use_atomic_writing = True
c.FileCheckpoints.checkpoint_dir = "/tmp/checkpoints"  # noqa: S108 - the sandbox's own
c.KernelManager.transport = "ipc"  # unix sockets: no kernel listens on a port
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_connected = False
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabServerApp.extra_labextensions_path = []
